import {
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import { formatFilter, parseFilter, type TraceSummary } from "@weir/schema";
import { useEffect, useMemo } from "react";
import { callApi } from "../../api/client.ts";
import { failureOf, untilItAnswers } from "../../api/persistence.ts";
import { tracePageSchema, type Scope } from "../../api/queries.ts";
import { resolveRange } from "../../app/time-range.ts";
import { countNew, flattenPages, leavesGap, mergeHead, type ListPage } from "./trace-list-merge.ts";

interface PageParam {
  cursor: string | undefined;
  from: string | undefined;
  to: string | undefined;
}

const pageRows = 100;
const livePollMs = 2000;

/** The filter without what cannot be read; the query bar says what was left out. */
export function readableFilter(filter: string): string {
  const { clauses, problems } = parseFilter(filter);
  return problems.length === 0 ? filter.trim() : formatFilter(clauses);
}

async function readPage(scope: Scope, param: PageParam, signal: AbortSignal): Promise<ListPage> {
  const resolved = resolveRange(scope.range, Date.now());
  const from = param.from ?? resolved.from;
  const to = param.from === undefined ? resolved.to : param.to;
  const page = await callApi({
    path: "/traces",
    query: {
      projectId: scope.project,
      from,
      to,
      filter: scope.filter,
      limit: pageRows,
      cursor: param.cursor,
    },
    schema: tracePageSchema,
    signal,
  });
  return { rows: page.data, nextCursor: page.nextCursor, from, to };
}

const firstPage: PageParam = { cursor: undefined, from: undefined, to: undefined };

type ListData = InfiniteData<ListPage, PageParam>;

/** When rows came in from above, so that they can be seen to; forgotten after a moment. */
const arrivals = new Map<string, number>();
const arrivalMs = 1000;

/** Whether a row has just come in from above. */
export function hasJustArrived(traceId: string): boolean {
  return Date.now() - (arrivals.get(traceId) ?? 0) < arrivalMs;
}

function noteArrivals(before: readonly ListPage[], after: readonly ListPage[]): void {
  const now = Date.now();
  for (const [traceId, at] of arrivals) if (now - at > arrivalMs) arrivals.delete(traceId);
  const known = new Set(flattenPages(before).map((row) => row.traceId));
  for (const row of flattenPages(after)) if (!known.has(row.traceId)) arrivals.set(row.traceId, now);
}

/** Brings the newest page into the list that is kept under a key. */
function mergeInto(
  queryClient: QueryClient,
  { listKey, head, addNew }: { listKey: QueryKey; head: ListPage; addNew: boolean },
): void {
  queryClient.setQueryData<ListData>(listKey, (old) => {
    if (old === undefined) return old;
    const pages = mergeHead(old.pages, head, { addNew });
    if (pages !== old.pages && addNew) noteArrivals(old.pages, pages);
    return pages === old.pages
      ? old
      : { pages: [...pages], pageParams: old.pageParams.slice(0, pages.length) };
  });
}

/** Watches the newest page and merges it; what is new waits while `hold` is true. */
function useHead({
  scope,
  listKey,
  live,
  hold,
  enabled,
}: {
  scope: Scope;
  listKey: QueryKey;
  live: boolean;
  hold: boolean;
  enabled: boolean;
}): { data: ListPage | undefined; error: unknown } {
  const queryClient = useQueryClient();
  const head = useQuery({
    ...untilItAnswers,
    queryKey: ["traces-head", scope],
    queryFn: ({ signal }) => readPage(scope, firstPage, signal),
    enabled,
    refetchInterval: live ? livePollMs : false,
    // The list itself is the first look; a page that was left and is opened again looks once more.
    staleTime: live ? 0 : 15_000,
    initialData: () => queryClient.getQueryData<ListData>(listKey)?.pages[0],
    initialDataUpdatedAt: () => queryClient.getQueryState(listKey)?.dataUpdatedAt,
  });
  const { data } = head;
  useEffect(() => {
    if (data !== undefined) mergeInto(queryClient, { listKey, head: data, addNew: !hold });
  }, [data, hold, listKey, queryClient]);
  return { data, error: failureOf(head) };
}

export interface TraceList {
  rows: readonly TraceSummary[];
  /** False until the first page is there. */
  ready: boolean;
  error: unknown;
  /** The newest page could not be read although older rows are on the screen. */
  refreshError: unknown;
  loadingMore: boolean;
  hasMore: boolean;
  /** Rows that have arrived and wait for the reader to look. */
  waiting: number;
  /** True when there may be more of them than the newest page holds. */
  waitingMore: boolean;
  loadMore: () => void;
  /** Takes the waiting rows in. */
  showWaiting: () => void;
  retry: () => void;
}

/**
 * The trace list: pages by cursor below, the newest page watched above. Pages that were read are never read
 * again (10,000 rows would be a hundred requests); the newest page is merged into them instead. While `hold`
 * is true new rows wait, so that nothing moves under the reader's eyes.
 */
export function useTraceList({
  scope,
  live,
  hold,
}: {
  scope: Scope;
  live: boolean;
  hold: boolean;
}): TraceList {
  const queryClient = useQueryClient();
  const filter = readableFilter(scope.filter);
  const readable = useMemo(
    () => ({ project: scope.project, range: scope.range, filter }),
    [scope.project, scope.range, filter],
  );
  const listKey = useMemo(() => ["traces", readable], [readable]);
  const list = useInfiniteQuery({
    ...untilItAnswers,
    queryKey: listKey,
    initialPageParam: firstPage,
    queryFn: ({ pageParam, signal }) => readPage(readable, pageParam, signal),
    getNextPageParam: (last): PageParam | undefined =>
      last.nextCursor === null ? undefined : { cursor: last.nextCursor, from: last.from, to: last.to },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 5 * 60_000,
  });
  const head = useHead({ scope: readable, listKey, live, hold, enabled: list.isSuccess });
  const headData = head.data;
  const pages = list.data?.pages;
  const rows = useMemo(() => flattenPages(pages ?? []), [pages]);
  const { waiting, waitingMore } = useMemo(() => {
    if (headData === undefined || pages === undefined) return { waiting: 0, waitingMore: false };
    const count = countNew(pages, headData);
    return { waiting: count, waitingMore: count > 0 && leavesGap(pages, headData) };
  }, [headData, pages]);
  return {
    rows,
    ready: list.isSuccess,
    error: list.data === undefined ? failureOf(list) : null,
    refreshError: list.data === undefined ? null : (head.error ?? failureOf(list)),
    loadingMore: list.isFetchingNextPage,
    hasMore: list.hasNextPage,
    waiting,
    waitingMore,
    loadMore: () => {
      if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
    },
    showWaiting: () => {
      if (headData !== undefined) mergeInto(queryClient, { listKey, head: headData, addNew: true });
    },
    retry: () => void list.refetch(),
  };
}
