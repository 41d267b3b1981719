import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { onUnauthorized } from "../api/client.ts";
import { ApiProblem } from "../api/failure.ts";
import { failureOf } from "../api/persistence.ts";
import { sessionQuery } from "../api/queries.ts";
import { ErrorState } from "../components/error-state.tsx";
import { Skeleton } from "../components/skeleton.tsx";
import { Frame } from "./frame.tsx";
import { onSessionEvent } from "./session-events.ts";

/** Shows the console to who is signed in; sends everybody else to the sign-in page, and back again afterwards. */
export function SessionGate(): ReactNode {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const { data, refetch } = session;
  const error = failureOf(session);
  const { href } = useLocation();
  const [ended, setEnded] = useState(false);
  useEffect(() => onUnauthorized(() => setEnded(true)), []);
  useEffect(
    () =>
      onSessionEvent((event) => {
        if (event === "signed-out") setEnded(true);
        else void queryClient.invalidateQueries();
      }),
    [queryClient],
  );
  const refused = error instanceof ApiProblem && error.problem.status === 401;
  const out = ended || refused;
  const reason = data === undefined ? undefined : "expired";
  const leaving = useRef(false);
  useEffect(() => {
    // Once: while the sign-in page loads, this page already sees its address and would name it as the way back.
    if (!out || leaving.current) return;
    leaving.current = true;
    void navigate({ to: "/sign-in", search: { next: href, reason }, replace: true });
  }, [out, href, reason, navigate]);
  if (out) return <FrameSkeleton />;
  if (data !== undefined) return <Frame />;
  if (error !== null) {
    return (
      <main className="h-full overflow-auto bg-surface">
        <ErrorState
          title="The console could not start"
          error={error}
          stillWorks="Calls through the gateway are served and recorded without the console."
          onRetry={() => void refetch()}
        />
      </main>
    );
  }
  return <FrameSkeleton />;
}

/** The frame's lines at their final places, for the moment before the session is known. */
function FrameSkeleton(): ReactNode {
  return (
    <div
      aria-busy="true"
      className="grid h-full grid-cols-1 narrow:grid-cols-[var(--rail-width)_minmax(0,1fr)]"
    >
      <div className="hidden border-r border-line narrow:block">
        <div className="flex h-(--topbar-height) items-center border-b border-line px-4">
          <Skeleton className="h-5 w-5 wide:w-32" />
        </div>
        <div className="flex flex-col gap-3 px-4 py-5">
          <Skeleton className="w-4 wide:w-24" />
          <Skeleton className="w-4 wide:w-28" />
        </div>
      </div>
      <div className="bg-surface">
        <div className="flex h-(--topbar-height) items-center border-b border-line px-4">
          <Skeleton className="w-28" />
        </div>
      </div>
    </div>
  );
}
