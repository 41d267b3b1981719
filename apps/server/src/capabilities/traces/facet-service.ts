import { filterFields, formatInstant, nearestNames, removeClause, selectedValues } from "@weir/schema";
import type { Facet, FilterClause, ParsedFilterClause } from "@weir/schema";
import { invalidInput } from "../../errors.ts";
import { traceLimits } from "./limits.ts";
import { countSpans, facetFields, readFacetRows } from "./queries/facet-queries.ts";
import type { FacetGroup, FacetRow } from "./queries/facet-queries.ts";
import { filterCondition } from "./queries/filter-condition.ts";
import type { Reader } from "./queries/list-queries.ts";
import type { TimeRange } from "./request.ts";

interface FacetsRequest {
  projectId: string;
  range: TimeRange;
  clauses: readonly ParsedFilterClause[];
  fields: readonly string[];
  nowMs: number;
}

/**
 * The most frequent values of each field, each with the number of traces that the list shows with it. The values that
 * the filter asks a field to have are left out when that field is counted, so that others stay there to be chosen.
 */
export async function readFacets(reader: Reader, request: FacetsRequest): Promise<Facet[]> {
  const fields = readFields(request.fields);
  const counted = await Promise.all(
    facetGroups(request, fields).map(async (group) => {
      const max = traceLimits.facetSpansExactMax;
      const exact = (await countSpans(reader, { scope: group.scope, max })) <= max;
      const rows = await readFacetRows(reader, { group, exact });
      return rows.map((row) => ({ ...row, estimated: !exact && row.count > traceLimits.facetCountExactMax }));
    }),
  );
  const rows = counted.flat().toSorted(byCount);
  return fields.map((field) => ({
    field,
    values: rows
      .filter((row) => row.field === field)
      .map(({ value, count, estimated }) => ({ value, count, estimated })),
  }));
}

function byCount(left: FacetRow, right: FacetRow): number {
  return right.count - left.count || (left.value < right.value ? -1 : 1);
}

/** Fields that the filter asks nothing of are counted together, each of the others for itself. */
function facetGroups(
  { projectId, range, clauses, nowMs }: FacetsRequest,
  fields: readonly string[],
): FacetGroup[] {
  const fromMs = range.fromMs ?? (range.toMs ?? nowMs) - traceLimits.facetRangeMs;
  const groupOf = (
    counted: readonly string[],
    filter: readonly FilterClause[],
    asked: readonly string[],
  ) => ({
    scope: {
      projectId,
      from: formatInstant(Math.max(0, fromMs)),
      to: range.toMs === null ? null : formatInstant(range.toMs),
      filter: filterCondition(filter),
    },
    fields: counted,
    asked,
  });
  // Bounds and negations are no choice among values: they stay, as they do when a value is ticked.
  const withoutOwn = (field: string) => removeClause(clauses, { field });
  const own = fields.filter((field) => withoutOwn(field).length < clauses.length);
  const rest = fields.filter((field) => !own.includes(field));
  return [
    ...own.map((field) => groupOf([field], withoutOwn(field), selectedValues(clauses, { field }))),
    ...(rest.length === 0 ? [] : [groupOf(rest, clauses, [])]),
  ];
}

function readFields(fields: readonly string[]): string[] {
  const unique = [...new Set(fields)];
  const errors = unique
    .filter((field) => !facetFields.includes(field))
    .map((field) => {
      const near = nearestNames(field, facetFields);
      const known = filterFields.some(({ name }) => name === field);
      const reason = known
        ? `names \`${field}\`, whose values are not listed`
        : `names \`${field}\`, which is no field`;
      return {
        path: "fields",
        message: near.length > 0 && !known ? `${reason}; nearest: ${near.join(", ")}` : reason,
      };
    });
  if (unique.length > traceLimits.facetFieldsMax) {
    errors.push({ path: "fields", message: `names more than ${traceLimits.facetFieldsMax} fields` });
  }
  if (errors.length === 0) return unique;
  throw invalidInput({ where: "query", errors, mend: `Ask for some of: ${facetFields.join(", ")}.` });
}
