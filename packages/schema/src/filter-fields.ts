import { spanKinds, spanSources, spanStatuses } from "./span.ts";

/** How a field's values are read and compared. Durations are milliseconds, money is US dollars. */
export type FilterFieldType = "text" | "number" | "duration" | "money" | "enum";

/** `is` also covers one of several values, a prefix (`gpt-5*`), presence (`*`) and absence (`""`). */
export const filterOperators = ["is", ">", ">=", "<", "<="] as const;
export type FilterOperator = (typeof filterOperators)[number];

export interface FilterField {
  /** What one types before the colon. `metadata.` stands for every `metadata.<key>`. */
  name: string;
  title: string;
  type: FilterFieldType;
  /** All values of an enum; empty for every other type. */
  values: readonly string[];
  operators: readonly FilterOperator[];
  /** Whether `GET /facets` can list its values. */
  facetable: boolean;
  description: string;
}

const equality: readonly FilterOperator[] = ["is"];

function text(name: string, title: string, description: string, facetable = true): FilterField {
  return { name, title, type: "text", values: [], operators: equality, facetable, description };
}

function choice(field: {
  name: string;
  title: string;
  values: readonly string[];
  description: string;
}): FilterField {
  return { ...field, type: "enum", operators: equality, facetable: true };
}

function measure(field: {
  name: string;
  title: string;
  type: "number" | "duration" | "money";
  description: string;
  facetable?: boolean;
}): FilterField {
  return { facetable: false, ...field, values: [], operators: filterOperators };
}

/** Every field that a filter may name, in the order in which the console offers them. */
export const filterFields: readonly FilterField[] = [
  text("model", "Model", "The model that was asked for or that answered."),
  text(
    "provider",
    "Provider",
    "The provider's name in the configuration, or as the application reported it.",
  ),
  choice({
    name: "status",
    title: "Status",
    values: spanStatuses,
    description: "How the span ended. A caller that went away is `cancelled`.",
  }),
  text("error", "Error code", "The stable code of the error, such as `rate_limit_exceeded`."),
  measure({
    name: "http",
    title: "HTTP status",
    type: "number",
    facetable: true,
    description: "The HTTP status that the caller saw.",
  }),
  choice({ name: "kind", title: "Kind", values: spanKinds, description: "What the span did." }),
  text("name", "Name", "The span's name."),
  text("environment", "Environment", "Where the application runs, such as `production`."),
  text("release", "Release", "The application's version."),
  text("service", "Service", "The application's name as its tracing reports it."),
  text("tag", "Tag", "One of the span's tags."),
  text("user", "User", "The application's user."),
  text("session", "Session", "The conversation that the call belongs to."),
  text("key", "Key", "The id of the project key that the call was made with."),
  choice({
    name: "source",
    title: "Source",
    values: spanSources,
    description: "Recorded by the gateway, or sent by an application's own tracing (OTLP).",
  }),
  choice({
    name: "protocol",
    title: "Protocol",
    values: ["openai", "anthropic"],
    description: "The protocol that the caller spoke to the gateway.",
  }),
  choice({
    name: "streamed",
    title: "Streamed",
    values: ["true", "false"],
    description: "Whether the answer was streamed.",
  }),
  text("finish", "Finish reason", "Why the model stopped, such as `stop` or `length`."),
  measure({
    name: "latency",
    title: "Latency",
    type: "duration",
    description: "The whole duration: `>2s`, `<300ms`.",
  }),
  measure({
    name: "ttft",
    title: "Time to first token",
    type: "duration",
    description: "From the request's arrival to the first token of content.",
  }),
  measure({ name: "cost", title: "Cost", type: "money", description: "US dollars: `>0.01`." }),
  measure({
    name: "tokens",
    title: "Tokens",
    type: "number",
    description: "Input and output tokens together.",
  }),
  measure({
    name: "input_tokens",
    title: "Input tokens",
    type: "number",
    description: "Tokens read by the model.",
  }),
  measure({
    name: "output_tokens",
    title: "Output tokens",
    type: "number",
    description: "Tokens written by the model.",
  }),
  text("trace", "Trace", "The trace's id: 32 hex digits, or their beginning with `*`.", false),
  text("metadata.", "Metadata", "A key of the call's metadata: `metadata.region:eu`.", false),
];

const fieldsByName = new Map(filterFields.map((field) => [field.name, field]));

/** The prefix of every metadata field's name. */
export const metadataPrefix = "metadata.";

/**
 * Finds the field of a clause; every `metadata.<key>` with a key is the one field `metadata.`.
 * @example findFilterField("metadata.region")?.title // "Metadata"
 */
export function findFilterField(name: string): FilterField | undefined {
  if (name.startsWith(metadataPrefix)) {
    return name.length > metadataPrefix.length ? fieldsByName.get(metadataPrefix) : undefined;
  }
  return fieldsByName.get(name);
}

/** How many edits (insertion, deletion, replacement, two neighbours swapped) turn one word into the other. */
export function editDistance({ from, to }: { from: string; to: string }): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const edits = [
        cell(row - 1, column - 1) + (same ? 0 : 1),
        cell(row - 1, column) + 1,
        cell(row, column - 1) + 1,
      ];
      if (swapped) edits.push(cell(row - 2, column - 2) + 1);
      current.push(Math.min(...edits));
    }
  }
  return cell(from.length, to.length);
}

const suggestionsMax = 3;
const suggestibleMaxCharacters = 40;

/** The candidates that the word was most likely meant to be, nearest first; none when nothing is near. */
export function nearestNames(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  if (typed === "" || typed.length > suggestibleMaxCharacters) return [];
  const furthest = Math.max(1, Math.floor(typed.length / 3));
  return candidates
    .map((name) => {
      const contained =
        typed.length >= 3 && (name.startsWith(typed) || typed.startsWith(name) || name.includes(typed));
      return { name, distance: contained ? 0.5 : editDistance({ from: typed, to: name }) };
    })
    .filter(({ distance }) => distance <= furthest)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, suggestionsMax)
    .map(({ name }) => name);
}

const durationUnitsMs: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const countUnits: Readonly<Record<string, number>> = { "": 1, k: 1000, m: 1_000_000 };
const quantity = /^(\d{1,15}(?:\.\d{1,12})?)([a-z]{0,2})$/;

/**
 * Reads the value of a number, duration (milliseconds) or money (US dollars) field; null when it is none.
 * @example parseFilterNumber("duration", "1.5s") // 1500
 * @example parseFilterNumber("number", "10k") // 10000
 */
export function parseFilterNumber(type: FilterFieldType, value: string): number | null {
  const plain = type === "money" ? value.replace(/^\$/, "") : value;
  const match = quantity.exec(plain.toLowerCase());
  if (match === null) return null;
  const units = type === "duration" ? durationUnitsMs : type === "number" ? countUnits : { "": 1 };
  const unit = units[match[2] ?? ""];
  // Rounded to a millionth, so that 0.3 s is exactly 300 ms whatever binary fractions make of it.
  return unit === undefined ? null : Math.round(Number(match[1]) * unit * 1e6) / 1e6;
}
