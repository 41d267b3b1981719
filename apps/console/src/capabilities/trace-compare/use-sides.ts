import { useQuery } from "@tanstack/react-query";
import type { SpanDetail, SpanSummary } from "@weir/schema";
import { useMemo } from "react";
import type { ConsoleSearch } from "../../app/search-params.ts";
import { spanQuery, traceQuery } from "../trace-view/trace-queries.ts";
import { chooseSpans, type ChosenSpans } from "./choose-spans.ts";
import type { Sides } from "./diff/text-diff.ts";
import type { SideState } from "./view/side-header.tsx";

/** The two traces that the URL names, with the spans of them that are compared. */
export interface ComparedSides {
  states: Sides<SideState>;
  /** Undefined until both traces are there. */
  chosen: ChosenSpans | undefined;
  /** Undefined until both spans have been read whole. */
  details: Sides<SpanDetail> | undefined;
  /** Why a span could not be read; null when nothing failed. */
  detailError: unknown;
  retryDetails: () => void;
}

function useTrace(projectId: string | undefined, traceId: string): SideState {
  const query = useQuery({ ...traceQuery(projectId, traceId), enabled: traceId !== "" });
  const { data, error, isFetching, refetch } = query;
  return {
    traceId,
    trace: data,
    error: data === undefined ? error : null,
    retrying: isFetching,
    retry: () => void refetch(),
  };
}

function useSpan(projectId: string | undefined, traceId: string, span: SpanSummary | undefined) {
  return useQuery({
    ...spanQuery(projectId, traceId, span?.spanId ?? ""),
    enabled: span !== undefined,
  });
}

/** Reads both sides of a comparison. */
export function useSides(search: ConsoleSearch): ComparedSides {
  const { project, leftSpan, rightSpan } = search;
  const left = useTrace(project, search.left ?? "");
  const right = useTrace(project, search.right ?? "");
  const chosen = useMemo(
    () =>
      left.trace === undefined || right.trace === undefined
        ? undefined
        : chooseSpans({ left: left.trace, right: right.trace }, { left: leftSpan, right: rightSpan }),
    [left.trace, right.trace, leftSpan, rightSpan],
  );
  const leftDetail = useSpan(project, left.traceId, chosen?.spans.left);
  const rightDetail = useSpan(project, right.traceId, chosen?.spans.right);
  const details = useMemo(
    () =>
      leftDetail.data === undefined || rightDetail.data === undefined
        ? undefined
        : { left: leftDetail.data, right: rightDetail.data },
    [leftDetail.data, rightDetail.data],
  );
  return {
    states: { left, right },
    chosen,
    details,
    detailError: leftDetail.error ?? rightDetail.error,
    retryDetails: () => {
      void leftDetail.refetch();
      void rightDetail.refetch();
    },
  };
}
