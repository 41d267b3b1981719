import { queryOptions } from "@tanstack/react-query";
import {
  apiKeySchema,
  changesSchema,
  facetsSchema,
  modelsSchema,
  overviewSchema,
  pageSchema,
  quickstartSchema,
  sessionSchema,
  systemSchema,
  traceSummarySchema,
} from "@weir/schema";
import { resolveRange, type TimeRange } from "../app/time-range.ts";
import { callApi } from "./client.ts";
import { mayPass, untilItAnswers } from "./persistence.ts";

/** Which rows a view is about. A range stays relative here, so that a key does not change with every second. */
export interface Scope {
  project: string | undefined;
  range: TimeRange;
  filter: string;
}

/** The scope as query parameters, with a relative range counted back from now. */
function scopeParameters({ project, range, filter }: Scope): Record<string, string | undefined> {
  const { from, to } = resolveRange(range, Date.now());
  return { projectId: project, from, to, filter };
}

/**
 * For `placeholderData`: the last answer stands in until the new one is there, as long as it is of the same project.
 * Made anew for each call, since react-query does not ask the same function twice, whatever the project is by then.
 */
export function keepWithinProject({ project }: Scope) {
  return <Data>(
    last: Data | undefined,
    lastQuery: { queryKey: readonly (string | Scope | readonly string[])[] } | undefined,
  ): Data | undefined => {
    const same = lastQuery?.queryKey.some(
      (part) => typeof part === "object" && "project" in part && part.project === project,
    );
    return same === true ? last : undefined;
  };
}

/** Asks again a few times: for what opens beside a page and can wait for a press of a button. */
export function retryQuery(failures: number, error: unknown): boolean {
  return failures < 2 && mayPass(error);
}

export const sessionQuery = queryOptions({
  ...untilItAnswers,
  queryKey: ["session"],
  queryFn: ({ signal }) => callApi({ path: "/session", schema: sessionSchema, signal }),
  staleTime: 5 * 60_000,
});

export const systemQuery = queryOptions({
  ...untilItAnswers,
  queryKey: ["system"],
  queryFn: ({ signal }) => callApi({ path: "/system", schema: systemSchema, signal }),
  refetchInterval: 10_000,
});

export const modelsQuery = queryOptions({
  ...untilItAnswers,
  queryKey: ["models"],
  queryFn: ({ signal }) => callApi({ path: "/models", schema: modelsSchema, signal }),
  staleTime: 60_000,
});

export function quickstartQuery(project: string | undefined) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["quickstart", project],
    queryFn: ({ signal }) =>
      callApi({ path: "/quickstart", query: { projectId: project }, schema: quickstartSchema, signal }),
    staleTime: 60_000,
  });
}

const keyPageSchema = pageSchema(apiKeySchema);

export function keysQuery(project: string | undefined) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["keys", project],
    queryFn: ({ signal }) =>
      callApi({ path: "/keys", query: { projectId: project }, schema: keyPageSchema, signal }),
  });
}

export function overviewQuery(scope: Scope) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["overview", scope],
    queryFn: ({ signal }) =>
      callApi({ path: "/overview", query: scopeParameters(scope), schema: overviewSchema, signal }),
    staleTime: 10_000,
  });
}

export function changesQuery(scope: Scope) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["changes", scope],
    queryFn: ({ signal }) =>
      callApi({ path: "/changes", query: scopeParameters(scope), schema: changesSchema, signal }),
    staleTime: 60_000,
  });
}

export function facetsQuery({ scope, fields }: { scope: Scope; fields: readonly string[] }) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["facets", scope, fields],
    queryFn: ({ signal }) =>
      callApi({
        path: "/facets",
        query: { ...scopeParameters(scope), fields: fields.join(",") },
        schema: facetsSchema,
        signal,
      }),
    staleTime: 10_000,
  });
}

export const tracePageSchema = pageSchema(traceSummarySchema);

/** Whether a project has recorded anything at all, ever: an empty list and an empty project are different pages. */
export function anyTraceQuery(project: string | undefined) {
  return queryOptions({
    ...untilItAnswers,
    queryKey: ["any-trace", project],
    queryFn: async ({ signal }) => {
      const query = { projectId: project, limit: 1, from: "1970-01-02T00:00:00.000Z" };
      const page = await callApi({ path: "/traces", query, schema: tracePageSchema, signal });
      return page.data.length > 0;
    },
    // Once there is a first trace there always is one; until then an empty page asks every two seconds.
    staleTime: ({ state }) => (state.data === true ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data === false ? 2000 : false),
  });
}
