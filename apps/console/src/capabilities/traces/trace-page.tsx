import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { useShortcuts } from "../../app/shortcuts.ts";
import { ConnectedTraceView } from "./connected-trace-view.tsx";

/** One trace with the whole page to itself. */
export function TracePage(): ReactNode {
  const { traceId } = useParams({ strict: false });
  const { search } = useConsoleSearch();
  const navigate = useNavigate();
  useShortcuts("Trace", [
    {
      keys: "escape",
      label: "Back to the list",
      run: () =>
        void navigate({
          to: "/traces",
          search: { ...search, trace: traceId, span: undefined, tab: undefined },
        }),
    },
  ]);
  if (traceId === undefined) return null;
  return <ConnectedTraceView traceId={traceId} inPeek={false} />;
}
