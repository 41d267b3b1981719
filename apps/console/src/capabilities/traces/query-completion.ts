import {
  filterFields,
  findFilterField,
  formatFilter,
  parseFilter,
  removeClause,
  type FilterField,
  type SourceRange,
} from "@weir/schema";

/** What is being typed at the caret: the name of a field, or a value of one. */
export type CompletionContext =
  | { kind: "field"; typed: string; range: SourceRange }
  | {
      kind: "value";
      field: string;
      typed: string;
      range: SourceRange;
      term: SourceRange;
      /** Whether a value's count is what the list would then show: not after a minus, nor behind `>`. */
      counts: boolean;
    };

/** One thing that could stand at the caret instead. */
export interface Completion {
  /** What is shown, and what the reader compares with what was typed. */
  label: string;
  detail: string;
  /** How many traces the list has with it; null where that is not known. */
  count: number | null;
  estimated: boolean;
  /** What is written in place of the context's range. */
  insert: string;
}

/** Where the term around the caret begins, and what is open at the caret. */
interface TermStart {
  start: number;
  /** Where the quotes around the caret were opened; null outside of quotes. */
  quote: number | null;
  grouped: boolean;
}

/** Terms end at blanks outside of quotes and parentheses. */
function readTermStart(text: string, caret: number): TermStart {
  let start = 0;
  let quote: number | null = null;
  let depth = 0;
  for (let at = 0; at < caret; at += 1) {
    const character = text.charAt(at);
    if (character === "\\" && quote !== null) at += 1;
    else if (character === '"') quote = quote === null ? at : null;
    else if (quote !== null) continue;
    else if (character === "(") depth += 1;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (/\s/.test(character) && depth === 0) start = at + 1;
  }
  return { start, quote, grouped: depth > 0 };
}

// What follows the closing quote tells it from the opening one of a later term: a value that is being typed has
// often no closing quote yet, and is then no longer than a value without quotes.
const closedQuote = /"(?:[^"\\]|\\[^])*"(?=[\s)*]|$)/y;
const restOfValue = /(?:"(?:[^"\\]|\\[^])*"(?=[\s)*]|$)|[^\s)])*/y;
const restOfGroup = /(?:"(?:[^"\\]|\\[^])*"|[^")])*\)/y;

/** Where what the pattern matches from a place on ends; null when it does not match there. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Where the value around the caret ends. */
function valueEnd(text: string, caret: number, { quote }: TermStart): number {
  const from = quote === null ? caret : (endOf(closedQuote, text, quote) ?? caret);
  return endOf(restOfValue, text, from) ?? from;
}

/** What the caret is in; null inside a quoted full text, where nothing can be offered. */
export function completionContext(text: string, caret: number): CompletionContext | null {
  const opened = readTermStart(text, caret);
  const { start } = opened;
  const end = valueEnd(text, caret, opened);
  const before = text.slice(start, caret);
  const match = /^(-?)([A-Za-z_][A-Za-z0-9_.-]*):(.*)$/s.exec(before);
  if (match === null) {
    if (!/^-?[A-Za-z0-9_.]*$/.test(before)) return null;
    const from = start + (before.startsWith("-") ? 1 : 0);
    const colon = text.charAt(end - 1) === ":";
    const nameEnd = /^[A-Za-z0-9_.-]*:?/.exec(text.slice(caret))?.[0].length ?? 0;
    return {
      kind: "field",
      typed: text.slice(from, caret),
      range: { start: from, end: caret + (colon ? nameEnd : 0) },
    };
  }
  const field = (match[2] ?? "").toLowerCase();
  const value = match[3] ?? "";
  // In a group only the value after the last OR is being typed.
  const lead = value.startsWith("(")
    ? (/^\((?:.*\sOR\s+|\s*)/s.exec(value)?.[0].length ?? 1)
    : (/^(?:>=|<=|>|<)/.exec(value)?.[0].length ?? 0);
  const valueStart = caret - value.length + lead;
  const term = { start, end: opened.grouped ? (endOf(restOfGroup, text, end) ?? end) : end };
  return {
    kind: "value",
    field,
    typed: text.slice(valueStart, caret).replace(/^"/, ""),
    range: { start: valueStart, end },
    term,
    counts: match[1] === "" && !/^[<>]/.test(value) && !isChosenElsewhere(text, { field, term }),
  };
}

/** Whether another term asks the same field for a value: both must hold then, and counts leave the other one out. */
function isChosenElsewhere(text: string, { field, term }: { field: string; term: SourceRange }): boolean {
  const { clauses } = parseFilter(withoutTerm(text, term));
  return removeClause(clauses, { field }).length < clauses.length;
}

/** The text as it would be without the term at the caret: what the values on offer are counted in. */
export function withoutTerm(text: string, term: SourceRange): string {
  const { clauses } = parseFilter(`${text.slice(0, term.start)} ${text.slice(term.end)}`);
  return formatFilter(clauses);
}

function fieldScore(field: FilterField, typed: string): number {
  if (typed === "") return 1;
  if (field.name.startsWith(typed)) return 3;
  if (field.title.toLowerCase().startsWith(typed)) return 2;
  return field.name.includes(typed) || field.title.toLowerCase().includes(typed) ? 1 : 0;
}

/** Fields whose name or title matches, the best first; the order of the catalogue otherwise. */
export function completeField(typed: string): Completion[] {
  const wanted = typed.toLowerCase();
  return filterFields
    .map((field) => ({ field, score: fieldScore(field, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score)
    .map(({ field }) => ({
      label: field.name.endsWith(".") ? `${field.name}key:` : `${field.name}:`,
      detail: field.description,
      count: null,
      estimated: false,
      insert: field.name.endsWith(".") ? field.name : `${field.name}:`,
    }));
}

/** A value as it must be typed after a colon, with quotes when it needs them. */
export function quoteValue(text: string): string {
  const written = formatFilter([
    { type: "field", field: "name", operator: "is", negated: false, values: [{ text, prefix: false }] },
  ]);
  return written.slice("name:".length);
}

const examples: Readonly<Record<string, readonly [string, string][]>> = {
  duration: [
    [">500ms", "longer than half a second"],
    [">2s", "longer than two seconds"],
    ["<300ms", "shorter than 300 ms"],
  ],
  money: [
    [">0.01", "more than a cent"],
    [">1", "more than a dollar"],
  ],
  number: [
    [">1000", "more than a thousand"],
    [">=10k", "ten thousand or more"],
    ["<100", "less than a hundred"],
  ],
};

/**
 * Values of a field that match what was typed, most frequent first; examples for what is measured. `counted` is
 * undefined until the values have been counted.
 */
export function completeValue(
  context: Extract<CompletionContext, { kind: "value" }>,
  counted: readonly { value: string; count: number; estimated: boolean }[] | undefined,
): Completion[] {
  const field = findFilterField(context.field);
  if (field === undefined) return [];
  const typed = context.typed.toLowerCase();
  const known = counted ?? [];
  const matching = known.filter(({ value }) => value.toLowerCase().includes(typed) && value !== "");
  const missing = field.values.filter(
    (value) => value.includes(typed) && !known.some((each) => each.value === value),
  );
  const values = [
    ...matching.map(({ value, count, estimated }) => ({
      label: value,
      detail: "",
      count: context.counts ? count : null,
      estimated,
      insert: quoteValue(value),
    })),
    ...missing.map((value) => ({
      label: value,
      detail: "",
      count: context.counts && counted !== undefined ? 0 : null,
      estimated: false,
      insert: value,
    })),
  ];
  if (values.length > 0 || typed !== "") return values;
  return (examples[field.type] ?? []).map(([label, detail]) => ({
    label,
    detail,
    count: null,
    estimated: false,
    insert: label,
  }));
}

/** The text after a completion was chosen, and where the caret belongs then. */
export function applyCompletion(
  text: string,
  context: CompletionContext,
  completion: Completion,
): { text: string; caret: number } {
  const before = text.slice(0, context.range.start) + completion.insert;
  const after = text.slice(context.range.end);
  const wantsSpace = context.kind === "value" && !before.endsWith(":") && after === "";
  return { text: before + (wantsSpace ? " " : "") + after, caret: before.length + (wantsSpace ? 1 : 0) };
}

/** A piece of the filter's text and how it is to look. */
export interface HighlightedPart {
  start: number;
  text: string;
  look: "plain" | "field" | "value" | "problem";
}

/** The filter's text in pieces: fields, values, and what cannot be read. */
export function highlightFilter(text: string): HighlightedPart[] {
  const { clauses, problems } = parseFilter(text);
  const looks = Array.from(text, (): HighlightedPart["look"] => "plain");
  // By code unit, since that is what the parser counts in.
  looks.length = text.length;
  looks.fill("plain");
  for (const clause of clauses) {
    if (clause.type !== "field") continue;
    const source = text.slice(clause.start, clause.end);
    const colon = source.indexOf(":", source.includes('metadata."') ? source.indexOf('"', 10) + 1 : 0);
    looks.fill("field", clause.start, clause.start + colon + 1);
    looks.fill("value", clause.start + colon + 1, clause.end);
  }
  for (const problem of problems)
    looks.fill("problem", problem.start, Math.max(problem.end, problem.start + 1));
  const parts: HighlightedPart[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const look = looks[at] ?? "plain";
    const last = parts.at(-1);
    if (last?.look === look) last.text += text.charAt(at);
    else parts.push({ start: at, text: text.charAt(at), look });
  }
  return parts;
}
