/** Limits of reading traces, each with its unit. */
export const traceLimits = {
  /** Traces on a page: at most, and unless told. */
  pageMax: 200,
  pageDefault: 50,
  /** Spans of one trace that are sent; what is beyond is counted in `spansOmitted`. */
  traceSpansMax: 50_000,
  /** Spans of a trace that come with its row to see which calls were recorded twice; among more, ClickHouse looks. */
  rowEdgesMax: 200,
  /** Most candidates that one step of the search for a page's traces reads. */
  candidatesMax: 2000,
  /** A row of the list counts the trace's spans that began within this time of the one that matched. */
  traceReachMs: 24 * 3600 * 1000,
  /** How far above a gateway call an application's own span of the same call is looked for. */
  callAncestorsMax: 8,
  /** Names of models and providers on a row of the list. */
  rowNamesMax: 8,
  rowTagsMax: 32,
  /** Values of a facet beyond those that the filter asks for, and fields of one request. */
  facetValuesMax: 20,
  facetFieldsMax: 20,
  /** Most spans among which every trace is counted; among more, counts above `facetCountExactMax` are estimates. */
  facetSpansExactMax: 500_000,
  /** What `uniqCombined64` counts exactly; its own limit, 4096, could be the estimate of a few less or more. */
  facetCountExactMax: 4000,
  /** Range of the facets when none is given. */
  facetRangeMs: 24 * 3600 * 1000,
  /** A query that takes longer is stopped, and the caller told to narrow it. */
  queryMaxSeconds: 20,
} as const;

/** Settings of every query here. */
export const querySettings = { max_execution_time: traceLimits.queryMaxSeconds };
