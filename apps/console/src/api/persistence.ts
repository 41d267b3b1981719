import type { QueryCache } from "@tanstack/react-query";
import { ApiProblem } from "./failure.ts";

/** Since when each failing query has been failing; a success forgets it. */
const firstFailedAt = new Map<string, number>();
const sinceOfError = new WeakMap<object, number>();

/** Once, at the start: notes when queries begin to fail. */
export function watchFailures(cache: QueryCache): void {
  cache.subscribe((event) => {
    if (event.type !== "updated") return;
    const { queryHash } = event.query;
    const { action } = event;
    if (action.type === "success") firstFailedAt.delete(queryHash);
    if (action.type !== "failed" && action.type !== "error") return;
    const since = firstFailedAt.get(queryHash) ?? Date.now();
    firstFailedAt.set(queryHash, since);
    if (typeof action.error === "object" && action.error !== null) sinceOfError.set(action.error, since);
  });
}

/** When the query that failed with this error began to fail, in epoch milliseconds; 0 when that is not known. */
export function failingSince(error: unknown): number {
  return typeof error === "object" && error !== null ? (sinceOfError.get(error) ?? 0) : 0;
}

/** Whether asking again may help: not after a refusal, which will be the same a second time. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ApiProblem && error.problem.status < 500);
}

/**
 * For what fills a page: it asks again until the server is back, every five seconds in the end, so that nobody has
 * to press a button after a restart. The page shows `failureOf` meanwhile.
 */
export const untilItAnswers = {
  retry: (_failures: number, error: unknown): boolean => mayPass(error),
  retryDelay: (attempt: number): number => Math.min(5000, 400 * 2 ** attempt),
} as const;

/** What there is of a query with a placeholder: the placeholder goes when the answer that it stands for fails to come. */
export function answerOf<Data>(
  query: Parameters<typeof failureOf>[0] & { data: Data | undefined; isPlaceholderData: boolean },
): Data | undefined {
  return query.isPlaceholderData && failureOf(query) !== null ? undefined : query.data;
}

/** What to show of a query that asks again and again: nothing at the first hiccup, then the last failure. */
export function failureOf(query: { error: unknown; failureCount: number; failureReason: unknown }): unknown {
  if (query.error !== null) return query.error;
  return query.failureCount >= 2 ? query.failureReason : null;
}
