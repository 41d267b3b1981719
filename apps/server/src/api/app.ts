import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Logger } from "pino";
import type { ApiRoute } from "../capability.ts";
import { ApiError, invalidInput, notFound } from "../errors.ts";
import type { Authenticate } from "./authenticate.ts";
import { openApiDocument, openApiPath } from "./openapi.ts";
import { isAllowed } from "./permissions.ts";
import type { Principal } from "./permissions.ts";
import { problemResponse } from "./problem-response.ts";
import { checkHost, checkOrigin, readForwarded, securityHeaders } from "./security.ts";

const bodyMaxBytes = 1024 * 1024;

/** Which project a principal means: the one it asks for if it may see it, or its own or first one. */
type ResolveProject = (options: { principal: Principal; asked: string | undefined }) => Promise<string>;

export interface AppOptions {
  routes: readonly ApiRoute[];
  authenticate: Authenticate;
  resolveProject: ResolveProject;
  /** Answers what is below no API path: the console's files. */
  fallback: (request: Request) => Promise<Response>;
  /** Answers `/readyz` and `/metrics`. */
  probes: Record<string, () => Promise<Response>>;
  listenHost: string;
  /** The origin that people and clients are told to use; null: the one that they came by. */
  publicUrl: string | null;
  /** A proxy in front decides which names lead here, so that none is refused. */
  trustProxy: boolean;
  version: string;
  log: Logger;
}

/** The control server's HTTP application: routes, sign-in, problems, headers. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const requestIds = new WeakMap<Request, string>();
  const idOf = (request: Request) => requestIds.get(request) ?? "";

  app.use(async (context, next) => {
    const requestId = randomBytes(8).toString("hex");
    requestIds.set(context.req.raw, requestId);
    if (!options.trustProxy) {
      checkHost({ ...options, forwarded: readForwarded(context.req.raw.headers) });
    }
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
    context.res.headers.set("x-request-id", requestId);
  });
  app.onError((error, context) =>
    problemResponse({ error, requestId: idOf(context.req.raw), log: options.log }),
  );

  let document: unknown;
  app.get(openApiPath, (context) => {
    document ??= openApiDocument(options);
    return context.json(document);
  });
  for (const route of options.routes) {
    const path = `/api/v1${route.path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
    app.on(route.method.toUpperCase(), path, (context) =>
      answer({
        route,
        request: context.req.raw,
        params: context.req.param(),
        requestId: idOf(context.req.raw),
        options,
      }),
    );
  }
  app.all("/api/*", (context) => {
    throw methodOrPathNotFound({
      path: context.req.path,
      method: context.req.method,
      routes: options.routes,
    });
  });
  for (const [path, probe] of Object.entries(options.probes)) app.get(path, probe);
  app.all("*", (context) => options.fallback(context.req.raw));
  return app;
}

async function answer(call: {
  route: ApiRoute;
  request: Request;
  params: Record<string, string>;
  requestId: string;
  options: AppOptions;
}): Promise<Response> {
  const { route, request, options } = call;
  const url = new URL(request.url);
  const principal = await options.authenticate(request);
  if (!isAllowed({ kind: principal.kind, permission: route.permission })) throw denied({ principal, route });
  if (route.method !== "get" && principal.kind !== "admin-token") {
    checkOrigin({
      headers: request.headers,
      forwarded: readForwarded(request.headers),
      publicUrl: options.publicUrl,
    });
  }
  const { projectId: asked, ...query } = readQuery(url.searchParams);
  const scoped = route.scope === "project";
  const projectId = scoped ? await options.resolveProject({ principal, asked }) : "";
  const outcome = await route.run({
    params: call.params,
    query: !scoped && asked !== undefined ? { ...query, projectId: asked } : query,
    body: route.body ? await readBody(request) : undefined,
    projectId,
    principal,
    requestId: call.requestId,
    signal: request.signal,
    request,
  });
  if (outcome.kind === "response") return outcome.response;
  if (route.status === 204) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(outcome.value), {
    status: route.status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

function readQuery(parameters: URLSearchParams): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (query.has(name)) {
      const errors = [{ path: name, message: "is there twice; give it once" }];
      throw invalidInput({ where: "query", errors });
    }
    query.set(name, value);
  }
  // Unlike an assignment, this makes a property of any name, so that `__proto__` is refused as any other unknown one.
  return Object.fromEntries(query);
}

async function readBody(request: Request): Promise<unknown> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new ApiError({
      code: "unsupported_media_type",
      status: 415,
      title: "Unsupported media type",
      detail: mediaType ? `The body is ${mediaType}.` : "The body has no content-type.",
      mend: "Send JSON with content-type: application/json.",
    });
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be read";
    throw invalidInput({
      where: "body",
      errors: [{ path: "", message: `is not JSON: ${reason}` }],
      cause,
    });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bodyMaxBytes) {
      throw new ApiError({
        code: "body_too_large",
        status: 413,
        title: "Body too large",
        detail: `The body is larger than ${bodyMaxBytes} bytes.`,
        mend: `Send at most ${bodyMaxBytes} bytes.`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function denied(options: { principal: Principal; route: ApiRoute }): ApiError {
  if (options.principal.kind === "anonymous") {
    return new ApiError({
      code: "sign_in_required",
      status: 401,
      title: "Sign-in required",
      detail: `${options.route.method.toUpperCase()} /api/v1${options.route.path} needs a sign-in.`,
      mend: 'Open a link from "weir link" in the browser, or send a project key as Authorization: Bearer.',
      headers: { "www-authenticate": 'Bearer realm="weir"' },
    });
  }
  return new ApiError({
    code: "permission_denied",
    status: 403,
    title: "Permission denied",
    detail: `This needs the permission ${options.route.permission}, which the caller does not have.`,
    mend:
      options.principal.kind === "project-key"
        ? "A project key opens reads of its own project only; sign in to the console for the rest."
        : "Use the console or the command line, whichever this is meant for.",
  });
}

function methodOrPathNotFound(options: {
  path: string;
  method: string;
  routes: readonly ApiRoute[];
}): ApiError {
  const methods = options.routes
    .filter((route) => matches({ template: `/api/v1${route.path}`, path: options.path }))
    .map((route) => route.method.toUpperCase());
  if (methods.length === 0) {
    return notFound({ what: "route", id: options.path, mend: "GET /api/v1/openapi.json lists every route." });
  }
  return new ApiError({
    code: "method_not_allowed",
    status: 405,
    title: "Method not allowed",
    detail: `${options.path} does not know ${options.method}.`,
    mend: `Use ${methods.join(" or ")}.`,
    headers: { allow: methods.join(", ") },
  });
}

function matches(options: { template: string; path: string }): boolean {
  const template = options.template.split("/");
  const path = options.path.split("/");
  return (
    template.length === path.length &&
    template.every((part, index) => part === path[index] || (part.startsWith("{") && path[index] !== ""))
  );
}
