import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { signInSchema } from "@weir/schema";
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { z } from "zod";
import { callApi } from "../../api/client.ts";
import { describeFailure } from "../../api/failure.ts";
import { sessionQuery } from "../../api/queries.ts";
import { announceSession, onSessionEvent } from "../../app/session-events.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { WeirMark } from "../../app/weir-mark.tsx";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { TextField } from "../../components/field.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { readSignInToken, safeNext, takeSignInToken } from "./sign-in-link.ts";

const reasons: Readonly<Record<string, string>> = {
  expired: "Your session has ended. Signing in brings you back to where you were.",
  "signed-out": "You are signed out, in every tab.",
  "sign-out-failed": "The server did not answer, so the session may still be open. Try again when it runs.",
};

/** Opens a session from a one-time link; explains how to get one. */
export function SignInPage(): ReactNode {
  const { search } = useConsoleSearch();
  const signIn = useSignIn(search.next);
  useEffect(() => {
    document.title = "Sign in · Weir";
  }, []);
  return (
    <main className="flex h-full items-start justify-center overflow-auto bg-canvas px-4 py-[12vh]">
      <div className="flex w-full max-w-[440px] flex-col gap-4">
        <div className="flex items-center gap-2">
          <WeirMark className="size-7" />
          <h1 className="text-title">Weir</h1>
        </div>
        {signIn.pending ? (
          <output className="block text-soft">Signing in…</output>
        ) : (
          <SignInForm error={signIn.error} reason={search.reason} onToken={signIn.submit} />
        )}
      </div>
    </main>
  );
}

/** Hands on the token of the address, also of a link that is pasted over it: then only the fragment changes. */
function useLinkToken(onToken: (token: string) => void): void {
  useEffect(() => {
    const take = (): void => {
      const token = takeSignInToken(window);
      if (token !== null) onToken(token);
    };
    take();
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, [onToken]);
}

function useSignIn(next: string | undefined): {
  pending: boolean;
  error: unknown;
  submit: (token: string) => void;
} {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [openedByLink] = useState(() => readSignInToken(window.location.hash) !== null);
  const enter = (): void => void navigate({ href: safeNext(next), replace: true });
  const { mutate, isPending, isIdle, isError, error } = useMutation({
    mutationFn: (token: string) =>
      callApi({ path: "/session", method: "POST", body: signInSchema.parse({ token }), schema: z.unknown() }),
    onSuccess: async () => {
      announceSession("signed-in");
      queryClient.clear();
      await queryClient.prefetchQuery(sessionQuery);
      enter();
    },
  });
  useLinkToken(mutate);
  const waiting = openedByLink && isIdle;
  // Somebody who is signed in already, here or in another tab a moment ago, has nothing to do on this page; a link
  // that failed does not change that.
  const session = useQuery({
    ...sessionQuery,
    enabled: isError || (isIdle && !waiting),
    retry: false,
    staleTime: 0,
  });
  const signedIn = session.isSuccess && !session.isFetching;
  const latestEnter = useRef(enter);
  useEffect(() => {
    latestEnter.current = enter;
  });
  useEffect(() => {
    if (signedIn) latestEnter.current();
  }, [signedIn]);
  useEffect(
    () =>
      onSessionEvent((event) => {
        if (event === "signed-in") void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }),
    [queryClient],
  );
  return { pending: isPending || waiting, error, submit: mutate };
}

function SignInForm({
  error,
  reason,
  onToken,
}: {
  error: unknown;
  reason: string | undefined;
  onToken: (token: string) => void;
}): ReactNode {
  const [text, setText] = useState("");
  const [unreadable, setUnreadable] = useState(false);
  const failure = error === null ? null : describeFailure(error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = readSignInToken(text);
    setUnreadable(token === null);
    if (token !== null) onToken(token);
  };
  return (
    <>
      {failure === null ? null : (
        <div role="alert" className="flex flex-col gap-1 rounded-md bg-bad-soft px-3 py-2">
          <StatusMark state="error" label="This link did not sign you in" className="font-medium" />
          <p className="[overflow-wrap:anywhere]">{failure.detail}</p>
          {failure.mend === "" ? null : <p className="[overflow-wrap:anywhere]">{failure.mend}</p>}
          {failure.requestId === "" ? null : (
            <p className="text-table">
              request <code>{failure.requestId}</code>
            </p>
          )}
        </div>
      )}
      {failure === null && reason !== undefined && reasons[reason] !== undefined ? (
        <output className="block text-soft">{reasons[reason]}</output>
      ) : null}
      <section className="flex flex-col gap-2">
        <h2 className="text-heading">Sign in with a link</h2>
        <p className="text-soft">
          Weir has no passwords. On the machine where it runs, in its folder, ask for a sign-in link and open
          it in this browser. A link works once and for a short time.
        </p>
        <CodeBlock code="npx weir link" label="Copy the command" />
      </section>
      <form onSubmit={submit} className="flex flex-col gap-2" noValidate>
        <TextField
          label="Or paste the link here"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setUnreadable(false);
          }}
          autoComplete="off"
          spellCheck={false}
          placeholder={`${window.location.origin}/sign-in#token=…`}
          error={unreadable ? "This is not a sign-in link: it ends in #token= and a long word." : undefined}
        />
        <div>
          <Button type="submit" variant="primary" disabled={text.trim() === ""}>
            Sign in
          </Button>
        </div>
      </form>
    </>
  );
}
