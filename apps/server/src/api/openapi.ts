import { OpenAPIHono } from "@hono/zod-openapi";
import { problemSchema } from "@weir/schema";
import { z } from "zod";
import type { ApiRoute } from "../capability.ts";
import { isAllowed } from "./permissions.ts";

const securitySchemes = {
  "project-key": {
    type: "http",
    scheme: "bearer",
    description: "A project key (weir_…): reads of its own project.",
  },
  session: { type: "apiKey", in: "cookie", name: "weir_session", description: "The console's session." },
  "admin-token": {
    type: "http",
    scheme: "bearer",
    description: "The content of WEIR_HOME/admin-token, for automation on the same machine.",
  },
} as const;
/** Where the document itself is served. */
export const openApiPath = "/api/v1/openapi.json";
const kinds = ["project-key", "session", "admin-token"] as const;

/**
 * The OpenAPI 3.1 document of `routes`, made from the very schemas that check requests. Without a public URL it names
 * no server, which by the specification means the one that it was read from.
 */
export function openApiDocument(options: {
  routes: readonly ApiRoute[];
  version: string;
  publicUrl: string | null;
}) {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono();
  for (const kind of kinds) registry.registerComponent("securitySchemes", kind, securitySchemes[kind]);
  const problem = {
    description: "A problem (RFC 9457): stable code, what happened, how to mend it.",
    content: { "application/problem+json": { schema: problemSchema } },
  };
  for (const route of options.routes) {
    registry.registerPath({
      method: route.method,
      path: `/api/v1${route.path}`,
      operationId: operationId(route),
      summary: route.summary,
      description: route.permission === "public" ? "Needs no sign-in." : `Permission: ${route.permission}.`,
      security:
        route.permission === "public"
          ? []
          : kinds
              .filter((kind) => isAllowed({ kind, permission: route.permission }))
              .map((kind) => ({ [kind]: [] })),
      request: {
        query: route.query,
        ...(route.params ? { params: route.params } : {}),
        ...(route.body
          ? { body: { required: true, content: { "application/json": { schema: route.body } } } }
          : {}),
      },
      responses: {
        [route.status]: {
          description: route.summary,
          ...(route.status === 204 ? {} : { content: { [route.mediaType]: { schema: route.result } } }),
        },
        default: problem,
      },
    });
  }
  registry.registerPath({
    method: "get",
    path: openApiPath,
    operationId: "getOpenapiJson",
    summary: "This document",
    description: "Needs no sign-in.",
    security: [],
    responses: {
      200: {
        description: "An OpenAPI document",
        content: { "application/json": { schema: z.looseObject({ openapi: z.string() }) } },
      },
      default: problem,
    },
  });
  return getOpenAPI31Document.call(
    { openAPIRegistry: registry },
    {
      openapi: "3.1.0",
      info: { title: "Weir", version: options.version },
      ...(options.publicUrl === null ? {} : { servers: [{ url: options.publicUrl }] }),
    },
  );
}

/** `GET /traces/{traceId}/spans` → `getTracesByTraceIdSpans`. */
function operationId(route: ApiRoute): string {
  const words = route.path
    .split("/")
    .filter(Boolean)
    .map((part) => (part.startsWith("{") ? `by-${part.slice(1, -1)}` : part))
    .flatMap((part) => part.split(/[-.]/));
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
