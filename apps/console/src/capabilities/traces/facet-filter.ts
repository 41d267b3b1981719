import { filterFields, formatFilter, parseFilter, removeClause, type FilterField } from "@weir/schema";

/** Open until the reader closes them; the others are asked for when they are opened. */
export const openAtFirst: readonly string[] = [
  "status",
  "model",
  "provider",
  "error",
  "environment",
  "tag",
  "user",
];

/** Fields of the catalogue in the panel's order: what one asks first at three in the morning comes first. */
export const facetFields: readonly FilterField[] = [
  ...openAtFirst.flatMap((name) => filterFields.filter((field) => field.name === name)),
  ...filterFields.filter((field) => field.facetable && !openAtFirst.includes(field.name)),
];

/** The filter without the values that one field is asked to have: a facet counts what the other terms leave. */
export function withoutField(filter: string, field: string): string {
  const { clauses } = parseFilter(filter);
  return formatFilter(removeClause(clauses, { field }));
}

/** Which facets are counted in the whole filter, and which need it without their own terms so that more can be ticked. */
export function splitFacets(filter: string, fields: readonly string[]): { whole: string[]; own: string[] } {
  const { clauses } = parseFilter(filter);
  const own = fields.filter((field) => removeClause(clauses, { field }).length < clauses.length);
  return { whole: fields.filter((field) => !own.includes(field)), own };
}
