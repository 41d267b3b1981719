import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { mayPass } from "../api/persistence.ts";
import { systemQuery } from "../api/queries.ts";

/**
 * Reads again what failed and is still on the screen, each time the server says that its engines answer: after an
 * outage nobody has to press a button, also for what gave up asking long ago.
 */
export function useRecovery(): void {
  const client = useQueryClient();
  const { data, dataUpdatedAt } = useQuery(systemQuery);
  const answers = data !== undefined && data.components.every(({ state }) => state !== "down");
  const answeredAt = answers ? dataUpdatedAt : 0;
  useEffect(() => {
    if (answeredAt === 0) return;
    void client.refetchQueries({
      type: "active",
      predicate: ({ state }) =>
        state.status === "error" && state.fetchStatus === "idle" && mayPass(state.error),
    });
  }, [client, answeredAt]);
}
