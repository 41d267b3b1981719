import { parseFilter } from "@weir/schema";
import type { ParsedFilterClause } from "@weir/schema";
import { z } from "zod";
import { invalidInput } from "../../errors.ts";

/** Instants that the table can hold, and that a person can mean. */
const earliestMs = Date.UTC(1970, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);

const instant = z.iso.datetime({
  offset: true,
  error: "an instant in ISO 8601 with its zone, such as 2026-11-21T00:04:24Z",
});

/** What every read of spans takes: a range, open on the side that is left out, and a filter. */
export const rangeAndFilter = {
  from: instant.optional().describe("Spans that began at this instant or later."),
  to: instant.optional().describe("Spans that began before this instant."),
  filter: z
    .string()
    .optional()
    .describe('Terms joined by AND: `status:error latency:>2s model:(gpt-5* OR o3) -user:42 "free text"`.'),
};

/** Milliseconds since 1970 UTC, with a fraction to the microsecond; null leaves a side open. */
export interface TimeRange {
  fromMs: number | null;
  toMs: number | null;
}

/** Reads a range; refuses one that no instant lies in. */
export function readRange({ from, to }: { from?: string | undefined; to?: string | undefined }): TimeRange {
  const fromMs = readInstant("from", from);
  const toMs = readInstant("to", to);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    const errors = [{ path: "from", message: "is not before `to`, so no instant lies between them" }];
    throw invalidInput({ where: "query", errors, mend: "Give a `from` that is earlier than `to`." });
  }
  return { fromMs, toMs };
}

function readInstant(path: "from" | "to", text: string | undefined): number | null {
  if (text === undefined) return null;
  // A date has milliseconds, and spans begin at microseconds.
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? "";
  const instantMs = Date.parse(text) + Number(micros.padEnd(3, "0")) / 1000;
  if (instantMs >= earliestMs && instantMs <= latestMs) return instantMs;
  const errors = [{ path, message: "is not between the years 1970 and 2200" }];
  throw invalidInput({ where: "query", errors, mend: `Give a \`${path}\` between the years 1970 and 2200.` });
}

/** Reads a filter whole, or refuses it with every term that cannot be read and where it stands. */
export function readFilter(text: string | undefined): ParsedFilterClause[] {
  const { clauses, problems } = parseFilter(text ?? "");
  if (problems.length === 0) return clauses;
  throw invalidInput({
    where: "filter",
    errors: problems.map(({ start, end, message }) => ({ path: `filter[${start}:${end}]`, message })),
    mend: "Mend the parts of the filter listed in errors: each path names the characters that cannot be read.",
  });
}
