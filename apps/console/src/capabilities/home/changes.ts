import type { Change, Overview } from "@weir/schema";
import { rangeBetween, type TimeRange } from "../../app/time-range.ts";
import { callsTerm, fieldTerm, joinTerms, modelLabel, type ChartContent } from "./chart-series.ts";

/** A change as a chart marks it. */
export interface ChartMark {
  /** When, in milliseconds. */
  at: number;
  text: string;
}

/** What changed, as a sentence without its full stop. */
export function changeText({ kind, provider, model, before, after }: Change): string {
  const label = modelLabel({ provider, model }, []);
  switch (kind) {
    case "model_first_called":
      return `First call of ${label}`;
    case "model_answered":
      return `${label} is answered by ${after}, before by ${before}`;
    case "price_version":
      return `Calls are priced by ${after}, before by ${before}`;
  }
}

export function chartMarks(changes: readonly Change[]): ChartMark[] {
  return changes
    .map((change) => ({ at: Date.parse(change.at), text: changeText(change) }))
    .toSorted((left, right) => left.at - right.at);
}

/** What marks say, in one line; empty for none. */
export function marksText(marks: readonly ChartMark[]): string {
  return marks.map(({ text }) => text).join("; ");
}

/** What is marked within a bucket. */
export function marksOfBucket(
  content: Pick<ChartContent, "times" | "bucketMs">,
  marks: readonly ChartMark[],
  bucket: number,
): readonly ChartMark[] {
  const start = content.times[bucket];
  return start === undefined ? [] : marks.filter(({ at }) => at >= start && at < start + content.bucketMs);
}

/** The calls that show a change: those of its kind since then, to the end of what the page counts. */
export function changeRows(
  change: Change,
  overview: Pick<Overview, "to">,
): { filter: string; range: TimeRange } {
  const { at, kind, provider, model, after } = change;
  const start = Date.parse(at);
  return {
    filter: joinTerms(
      callsTerm,
      model === "" ? "" : fieldTerm("model", kind === "model_answered" ? after : model),
      provider === "" ? "" : fieldTerm("provider", provider),
    ),
    range: rangeBetween({ start, end: Math.max(start + 60_000, Date.parse(overview.to)) }),
  };
}
