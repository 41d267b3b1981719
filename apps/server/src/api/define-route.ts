import { z } from "zod";
import type { ApiRoute, RouteSpec } from "../capability.ts";
import { invalidInput } from "../errors.ts";
import type { FieldProblem } from "../errors.ts";

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
    status: spec.status ?? 200,
    async run(call) {
      const params = parseInput(spec.params ?? nothing, { where: "path", value: call.params });
      const query = parseInput(declaredQuery, { where: "query", value: call.query });
      const body = parseInput(spec.body ?? z.undefined(), { where: "body", value: call.body });
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
function parseInput(schema: z.ZodType, input: { where: "path" | "query" | "body"; value: unknown }): unknown {
  const parsed = schema.safeParse(input.value);
  if (parsed.success) return parsed.data;
  throw invalidInput({ where: input.where, errors: describeIssues(parsed.error), cause: parsed.error });
}

/** Every problem of a failed parse with the path of its field; an unknown field is named. */
function describeIssues(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: path ? `${path}.${key}` : key,
      message: "there is no field of this name here",
    }));
  });
}
