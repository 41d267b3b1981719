import { traceLimits } from "../limits.ts";
import { isCall } from "./columns.ts";

/** Spans that are, or lie above, a record that an application made of a call. */
const isLink = `(parent_span_id != '' OR (source = 'otlp' AND ${isCall}))`;
const spanNumber = (column: string) => `reinterpretAsUInt64(unhex(${column}))`;
/** A span by one number, as `recordedTwice` names those that it finds. */
export const spanHash = `cityHash64(trace_id, ${spanNumber("span_id")})`;

/**
 * The levels above the gateway's calls, which `countedSpanIds` climbs likewise: the parents of those of the trace's
 * spans that the level below names. A span is named when its id comes up once more behind the level's ids than it does
 * among the spans alone. Looking each id up in a lambda would be shorter, but a lambda gets a copy of every array it
 * captures for each of its elements: gateway calls times spans, gigabytes for one large trace.
 */
const levels = Array.from({ length: traceLimits.callAncestorsMax }, (_, index) => `level${index}`);
const climbs = levels.slice(1).map(
  (level, below) => `arrayFilter(
      (parent, nth_behind, nth) -> nth_behind > nth AND parent != 0,
      parents,
      arraySlice(arrayEnumerateUniq(arrayConcat(level${below}, ids)), -toInt64(length(ids))),
      arrayEnumerateUniq(ids)
    ) AS ${level}`,
);

/**
 * The applications' own records, among some spans, of calls that also passed the gateway: those with a gateway call
 * below them that `gatewayCalls` lets through. Every trace that holds both is walked upwards from its gateway calls in
 * arrays, in one pass over the light columns; joining the spans with themselves took three times as long.
 */
export const recordedTwice = ({ spans, gatewayCalls = "true" }: { spans: string; gatewayCalls?: string }) => `
SELECT arrayJoin(found) FROM (
  SELECT
    ${climbs.join(",\n    ")},
    arrayMap(id -> cityHash64(trace_id, id), arrayIntersect(arrayConcat(${levels.join(", ")}), calls)) AS found
  FROM (
    -- Gathered by a condition: without one ClickHouse puts the empty values of a sparse column last.
    SELECT
      trace_id,
      groupArrayIf(${spanNumber("span_id")}, ${isLink}) AS ids,
      groupArrayIf(${spanNumber("parent_span_id")}, ${isLink}) AS parents,
      groupArrayIf(${spanNumber("parent_span_id")}, source = 'gateway' AND ${isCall} AND ${gatewayCalls}) AS level0,
      groupArrayIf(${spanNumber("span_id")}, source = 'otlp' AND ${isCall}) AS calls
    FROM spans
    WHERE ${spans} AND ${isLink}
    GROUP BY trace_id
    HAVING notEmpty(level0) AND notEmpty(calls)
  )
)`;
