import { useMutation, useQueryClient } from "@tanstack/react-query";
import { apiKeySchema, type ApiKey } from "@weir/schema";
import type { ReactNode } from "react";
import { callApi } from "../../api/client.ts";
import { keysQuery } from "../../api/queries.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";

/** Asks before a key stops working, and says what that will break. */
export function RevokeKey({
  apiKey,
  project,
  onClose,
}: {
  apiKey: ApiKey | null;
  project: string | undefined;
  onClose: () => void;
}): ReactNode {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: (keyId: string) =>
      callApi({ path: `/keys/${keyId}/revoke`, method: "POST", body: {}, schema: apiKeySchema }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: keysQuery(project).queryKey });
      onClose();
    },
  });
  const close = (): void => {
    onClose();
    revoke.reset();
  };
  return (
    <Dialog
      open={apiKey !== null}
      onOpenChange={(next) => (next ? undefined : close())}
      title={`Revoke “${apiKey?.name ?? ""}”?`}
      description={
        <>
          Calls with this key (<code>{apiKey?.prefix}</code>) are refused from now on. This cannot be undone;
          its traces stay.
        </>
      }
      footer={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button
            variant="danger"
            disabled={revoke.isPending}
            onClick={() => {
              if (apiKey !== null) revoke.mutate(apiKey.keyId);
            }}
          >
            Revoke key
          </Button>
        </>
      }
    >
      {revoke.error !== null ? (
        <ErrorState title="The key was not revoked" error={revoke.error} compact="flush" />
      ) : apiKey === null ? null : (
        <p>
          {apiKey.lastUsedAt === null ? (
            "It has never been used."
          ) : (
            <>
              It was last used <RelativeTime at={apiKey.lastUsedAt} />.
            </>
          )}
        </p>
      )}
    </Dialog>
  );
}
