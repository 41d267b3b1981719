import { z } from "zod";
import type { ApiRoute, RouteSpec } from "../capability.ts";
import { invalidInput } from "../errors.ts";
import { parseInput } from "../input/parse-input.ts";

const nothing = z.strictObject({});
const projectQuery = {
  projectId: z.string().min(1).optional().describe("The project to read; your first one unless told."),
};

/**
 * Declares a route of the REST API with its schemas, its permission and its handler.
 * @example
 * defineRoute({
 *   method: "get", path: "/traces/{traceId}", permission: "traces:read", scope: "project",
 *   summary: "One trace", params: z.strictObject({ traceId: z.string() }), result: traceDetailSchema,
 *   handle: (call) => readTrace({ projectId: call.projectId, traceId: call.params.traceId }),
 * })
 */
export function defineRoute<
  Result extends z.ZodType,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body, Result>): ApiRoute {
  const declaredQuery: z.ZodObject = spec.query ?? nothing;
  return {
    method: spec.method,
    path: spec.path,
    permission: spec.permission,
    scope: spec.scope,
    summary: spec.summary,
    params: spec.params,
    query: spec.scope === "project" ? declaredQuery.extend(projectQuery) : declaredQuery,
    body: spec.body,
    result: spec.result,
    mediaType: spec.mediaType ?? "application/json",
    status: spec.status ?? 200,
    async run(call) {
      const params = parsePart(spec.params ?? nothing, { where: "path", value: call.params });
      const query = parsePart(declaredQuery, { where: "query", value: call.query });
      const body = parsePart(spec.body ?? z.undefined(), { where: "body", value: call.body });
      const value = await spec.handle({
        ...call,
        params: params as z.output<Params>,
        query: query as z.output<Query>,
        body: body as z.output<Body>,
      });
      return value instanceof Response ? { kind: "response", response: value } : { kind: "json", value };
    },
  };
}

/** Parses one part of a request, or throws `invalidInput` with every problem it has. */
function parsePart(schema: z.ZodType, input: { where: "path" | "query" | "body"; value: unknown }): unknown {
  const parsed = parseInput(schema, input.value);
  if (parsed.ok) return parsed.value;
  throw invalidInput({
    where: input.where,
    errors: parsed.problems.map(({ path, message }) => ({ path: path.map(String).join("."), message })),
    mend: parsed.problems.map(({ mend }) => mend).join(" "),
  });
}
