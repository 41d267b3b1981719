import { formatFilter, parseFilter } from "./filter.ts";
import type { FilterClause } from "./filter.ts";
import type { FilterOperator } from "./filter-fields.ts";

type FieldClause = Extract<FilterClause, { type: "field" }>;

/** What identifies a clause for editing: two bounds of one field (`>` and `<`) are two clauses, and so is a negation. */
interface ClauseKey {
  field: string;
  operator?: FilterOperator;
  negated?: boolean;
}

function matches(
  clause: FilterClause,
  { field, operator = "is", negated = false }: ClauseKey,
): clause is FieldClause {
  return (
    clause.type === "field" &&
    clause.field === field &&
    clause.operator === operator &&
    clause.negated === negated
  );
}

/** Puts a field clause in the place of those with the same field, operator and sign, or at the end. */
export function setClause(clauses: readonly FilterClause[], clause: FieldClause): FilterClause[] {
  const place = clauses.findIndex((existing) => matches(existing, clause));
  if (place < 0) return [...clauses, clause];
  const before = clauses.slice(0, place);
  const after = clauses.slice(place).filter((existing) => !matches(existing, clause));
  return [...before, clause, ...after];
}

/** Takes out every clause of a field with this operator (default `is`) and sign (default not negated). */
export function removeClause(clauses: readonly FilterClause[], key: ClauseKey): FilterClause[] {
  return clauses.filter((clause) => !matches(clause, key));
}

/** The exact values that a filter asks a field to have: the boxes that a facet shows as ticked. */
export function selectedValues(clauses: readonly FilterClause[], key: ClauseKey): string[] {
  return clauses.flatMap((clause) =>
    matches(clause, key) ? clause.values.filter((value) => !value.prefix).map((value) => value.text) : [],
  );
}

/** Ticks or unticks one value of a facet: `status:error` becomes `status:(error OR cancelled)`, and back. */
export function toggleValue(
  clauses: readonly FilterClause[],
  { value, ...key }: ClauseKey & { value: string },
): FilterClause[] {
  const existing = clauses.flatMap((clause) => (matches(clause, key) ? clause.values : []));
  const kept = existing.filter((candidate) => candidate.prefix || candidate.text !== value);
  const values = kept.length < existing.length ? kept : [...existing, { text: value, prefix: false }];
  if (values.length === 0) return removeClause(clauses, key);
  const { field, operator = "is", negated = false } = key;
  return setClause(clauses, { type: "field", field, operator, negated, values });
}

/**
 * Edits the clauses of a filter's text. What could not be read stays as it was typed, at the end, so that a
 * click on a facet never eats a half-typed term.
 * @example editFilter("status:error", (clauses) => toggleValue(clauses, { field: "model", value: "gpt-5" }))
 */
export function editFilter(text: string, edit: (clauses: readonly FilterClause[]) => FilterClause[]): string {
  const { clauses, problems } = parseFilter(text);
  const readable = formatFilter(edit(clauses));
  const unreadable = problems.map((problem) => text.slice(problem.term.start, problem.term.end));
  return [readable, ...unreadable].filter((part) => part !== "").join(" ");
}
