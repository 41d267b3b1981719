import { filterFields, type Facet, type FilterField } from "@weir/schema";

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

/** A value of a facet as it is shown; the count is null while it is not known. */
export interface FacetChoice {
  value: string;
  count: number | null;
  estimated: boolean;
  state: "free" | "chosen" | "excluded";
}

/**
 * What a facet shows: the most frequent values, and every value that the filter names wherever it stands.
 * `values` is what was counted; `fresh` says that it was counted for this very filter.
 */
export function facetChoices({
  values,
  fresh,
  chosen,
  excluded,
  valuesMax,
}: {
  values: Facet["values"];
  fresh: boolean;
  chosen: readonly string[];
  excluded: readonly string[];
  valuesMax: number;
}): FacetChoice[] {
  const stateOf = (value: string): FacetChoice["state"] =>
    chosen.includes(value) ? "chosen" : excluded.includes(value) ? "excluded" : "free";
  const named = [...chosen, ...excluded].filter((value, index, all) => all.indexOf(value) === index);
  // What is asked for is counted however rare it is, so that what was not found is nowhere; an excluded value is
  // not counted at all.
  const missing = named
    .filter((value) => !values.some((each) => each.value === value))
    .map((value) => ({ value, count: fresh && stateOf(value) === "chosen" ? 0 : null, estimated: false }));
  const listed = values.filter((each, index) => index < valuesMax || stateOf(each.value) !== "free");
  return [...missing, ...listed].map((each) => ({ ...each, state: stateOf(each.value) }));
}
