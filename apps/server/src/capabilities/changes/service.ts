import type { Change, Changes, ParsedFilterClause } from "@weir/schema";
import { cutRange } from "../overview/buckets.ts";
import { filterCondition } from "../traces/queries/filter-condition.ts";
import type { Reader } from "../traces/queries/list-queries.ts";
import type { TimeRange } from "../traces/request.ts";
import { readAnsweredModels, readPriceVersions } from "./queries.ts";
import type { AnsweredModel, PriceVersion } from "./queries.ts";

const minuteMs = 60_000;

const changesLimits = {
  /** How far before the range calls are compared at least; for a longer range, the window of its length before it. */
  comparedMinMs: 7 * 24 * 60 * minuteMs,
  /** The newest are told. */
  changesMax: 100,
} as const;

/** What changed under a project's calls in the range that the overview has for the same question. */
export async function readChanges(
  reader: Reader,
  request: {
    projectId: string;
    range: TimeRange;
    clauses: readonly ParsedFilterClause[];
    nowMs: number;
  },
): Promise<Changes> {
  const { fromMs, toMs } = cutRange(request.range, request.nowMs);
  const comparedMs = Math.max(changesLimits.comparedMinMs, toMs - fromMs);
  const sinceMs = Math.max(0, Math.floor((fromMs - comparedMs) / minuteMs) * minuteMs);
  const scope = {
    projectId: request.projectId,
    fromMs: sinceMs,
    toMs,
    filter: filterCondition(request.clauses),
  };
  const [answered, prices] = await Promise.all([
    readAnsweredModels(reader, scope),
    readPriceVersions(reader, scope),
  ]);
  const found = [...modelChanges(answered), ...priceChanges(prices)]
    .filter(({ atMs }) => atMs >= Math.floor(fromMs / minuteMs) * minuteMs)
    .toSorted((left, right) => right.atMs - left.atMs || left.change.model.localeCompare(right.change.model));
  return {
    data: found.slice(0, changesLimits.changesMax).map(({ change }) => change),
    comparedSince: new Date(sinceMs).toISOString(),
    omitted: Math.max(0, found.length - changesLimits.changesMax),
  };
}

interface DatedChange {
  atMs: number;
  change: Change;
}

const dated = (atMs: number, change: Omit<Change, "at">): DatedChange => ({
  atMs,
  change: { at: new Date(atMs).toISOString(), ...change },
});

/**
 * A model is new when others were called before it. Another one that answers for it is a change; what answered in its
 * first minute belongs to how it began.
 */
function modelChanges(rows: readonly AnsweredModel[]): DatedChange[] {
  const begunMs = rows.reduce((first, row) => Math.min(first, row.first_ms), Number.POSITIVE_INFINITY);
  const byModel = Map.groupBy(rows, ({ provider, model }) => JSON.stringify([provider, model]));
  return [...byModel.values()].flatMap((answers) => {
    const inOrder = answers.toSorted(
      (left, right) => left.first_ms - right.first_ms || left.answered.localeCompare(right.answered),
    );
    const [first] = inOrder;
    if (first === undefined) return [];
    const { provider, model, first_ms: firstMs } = first;
    const changes = inOrder.flatMap((row): DatedChange[] => {
      const before = lastBefore(inOrder, row.first_ms);
      if (before === undefined) return [];
      const kind = "model_answered";
      return [dated(row.first_ms, { kind, provider, model, before: before.answered, after: row.answered })];
    });
    const firstCall = {
      kind: "model_first_called",
      provider,
      model,
      before: "",
      after: first.answered,
    } as const;
    return firstMs > begunMs ? [dated(firstMs, firstCall), ...changes] : changes;
  });
}

/** What was seen last before this minute; nothing in the minute itself says which came first. */
function lastBefore<Row extends { first_ms: number }>(
  inOrder: readonly Row[],
  atMs: number,
): Row | undefined {
  return inOrder.findLast((row) => row.first_ms < atMs);
}

/** The first list that is seen is no change. */
function priceChanges(rows: readonly PriceVersion[]): DatedChange[] {
  const inOrder = rows.toSorted((left, right) => left.first_ms - right.first_ms);
  return inOrder.flatMap(({ version, first_ms: firstMs }): DatedChange[] => {
    const before = lastBefore(inOrder, firstMs);
    if (before === undefined) return [];
    const names = { provider: "", model: "", before: before.version, after: version };
    return [dated(firstMs, { kind: "price_version", ...names })];
  });
}
