import { useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";
import { tracesSearch } from "../../app/search-params.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { Skeleton } from "../../components/skeleton.tsx";
import type { TraceNavigation } from "../trace-view/index.ts";
import { traceLink } from "./trace-link.ts";

const TraceView = lazy(async () => {
  const { TraceView: component } = await import("../trace-view/index.ts");
  return { default: component };
});

/** The trace view with the URL behind it: open span and tab are read from it and written to it. */
export function ConnectedTraceView({ traceId, inPeek }: { traceId: string; inPeek: boolean }): ReactNode {
  const { search, changeSearch } = useConsoleSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const hrefOf = (target: TraceNavigation): string => {
    if (target.type === "filter") {
      const rows = tracesSearch(search, { filter: target.filter });
      return router.buildLocation({ to: "/traces", search: rows }).href;
    }
    const view =
      target.type === "view"
        ? { traceId, span: target.spanId ?? search.span, tab: target.tab ?? search.tab }
        : { traceId: target.traceId, span: target.spanId };
    return router.buildLocation(traceLink(search, view)).href;
  };
  const go = (target: TraceNavigation): void => {
    switch (target.type) {
      case "view":
        changeSearch(
          {
            ...(target.spanId === undefined ? {} : { span: target.spanId }),
            ...(target.tab === undefined ? {} : { tab: target.tab }),
          },
          { replace: true },
        );
        return;
      case "filter":
        void navigate({ to: "/traces", search: tracesSearch(search, { filter: target.filter }) });
        return;
      case "trace":
        if (inPeek) changeSearch({ trace: target.traceId, span: target.spanId });
        else {
          void navigate({
            to: "/traces/$traceId",
            params: { traceId: target.traceId },
            search: (previous) => ({ ...previous, span: target.spanId }),
          });
        }
    }
  };
  return (
    <Suspense fallback={<TraceSkeleton />}>
      <TraceView
        traceId={traceId}
        projectId={search.project}
        spanId={search.span}
        tab={search.tab}
        onNavigate={go}
        hrefOf={hrefOf}
        layout={inPeek ? "peek" : "page"}
      />
    </Suspense>
  );
}

function TraceSkeleton(): ReactNode {
  return (
    <div aria-busy="true" className="flex flex-col gap-3 p-4">
      <Skeleton className="h-5" width="40%" />
      <Skeleton width="70%" />
      <Skeleton width="55%" />
      <Skeleton width="62%" />
    </div>
  );
}
