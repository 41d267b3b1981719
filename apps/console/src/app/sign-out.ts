import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { callApi } from "../api/client.ts";
import { ApiProblem } from "../api/failure.ts";
import { announceSession } from "./session-events.ts";

/** Ends the session here and in every other tab. */
export function useSignOut(): () => void {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return () => {
    const leave = (): void => {
      announceSession("signed-out");
      queryClient.clear();
      void navigate({ to: "/sign-in", search: { reason: "signed-out" } });
    };
    callApi({ path: "/session", method: "DELETE", schema: z.unknown() }).then(leave, (error: unknown) => {
      // A session that is over already is what was asked for.
      if (error instanceof ApiProblem && error.problem.status === 401) leave();
      else void navigate({ to: "/sign-in", search: { reason: "sign-out-failed" } });
    });
  };
}
