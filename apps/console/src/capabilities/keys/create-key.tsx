import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createApiKeySchema, createdApiKeySchema } from "@weir/schema";
import { useState, type FormEvent, type ReactNode } from "react";
import { callApi } from "../../api/client.ts";
import { describeFailure } from "../../api/failure.ts";
import { sessionQuery } from "../../api/queries.ts";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/field.tsx";

/** Asks for a name, then shows the secret, which no later answer will contain again. */
export function CreateKey({
  open,
  project,
  onClose,
}: {
  open: boolean;
  project: string | undefined;
  onClose: () => void;
}): ReactNode {
  const [name, setName] = useState("");
  const queryClient = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const create = useMutation({
    mutationFn: () =>
      callApi({
        path: "/keys",
        method: "POST",
        body: { name: name.trim(), projectId: project },
        schema: createdApiKeySchema,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["keys"] }),
  });
  const close = (): void => {
    onClose();
    setName("");
    create.reset();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (createApiKeySchema.safeParse({ name }).success) create.mutate();
  };
  if (create.data !== undefined) {
    return (
      <Dialog
        open={open}
        locked
        onOpenChange={(next) => (next ? undefined : close())}
        title={`The key “${create.data.key.name}”`}
        description="Copy it now: Weir keeps only its fingerprint and cannot show it again."
        footer={
          <Button variant="primary" onClick={close}>
            I have copied it
          </Button>
        }
      >
        <div className="flex flex-col gap-3">
          <CodeBlock code={create.data.secret} label="Copy the key" wrap />
          {session === undefined ? null : (
            <>
              <div>
                <p className="mb-1 text-label text-soft">The base URL for OpenAI clients</p>
                <CodeBlock code={`${session.baseUrl}/v1`} label="Copy the base URL for OpenAI clients" wrap />
              </div>
              <div>
                <p className="mb-1 text-label text-soft">The base URL for Anthropic clients</p>
                <CodeBlock code={session.baseUrl} label="Copy the base URL for Anthropic clients" wrap />
              </div>
            </>
          )}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? undefined : close())}
      title="New key"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="create-key"
            disabled={name.trim() === "" || create.isPending}
          >
            Create key
          </Button>
        </>
      }
    >
      <form id="create-key" onSubmit={submit}>
        <TextField
          label="Name"
          help="The application or person that will use it."
          placeholder="support-bot, staging"
          value={name}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          error={create.error === null ? undefined : failureText(create.error)}
        />
      </form>
    </Dialog>
  );
}

function failureText(error: unknown): string {
  const { detail, mend, requestId } = describeFailure(error);
  return [detail, mend, requestId === "" ? "" : `(request ${requestId})`]
    .filter((part) => part !== "")
    .join(" ");
}
