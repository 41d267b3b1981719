import { quickstartSchema, sessionSchema, signInSchema } from "@weir/schema";
import type { Session } from "@weir/schema";
import { z } from "zod";
import { createAttemptLimit } from "../../api/attempt-limit.ts";
import { sessionCookie } from "../../api/authenticate.ts";
import { defineRoute } from "../../api/define-route.ts";
import { clientBaseUrl, readForwarded, wantsSecureCookie } from "../../api/security.ts";
import type { ApiRoute, Capability, Services } from "../../capability.ts";
import { createKeyReader, readQuickstart } from "./quickstart.ts";
import { sessionLifetimeSeconds } from "./service.ts";

const linkLifetimeSeconds = 3600;

export const capability: Capability = {
  name: "session",
  routes: (services) => [...sessionRoutes(services), ...startRoutes(services)],
};

function sessionRoutes(services: Services): ApiRoute[] {
  const { sessions, now } = services;
  const attempts = createAttemptLimit(now);
  return [
    defineRoute({
      method: "get",
      path: "/session",
      permission: "session:read",
      scope: "none",
      summary: "Who is signed in, and what to start with",
      result: sessionSchema,
      handle: async (call) => describeSession({ services, call }),
    }),
    defineRoute({
      method: "post",
      path: "/session",
      permission: "public",
      scope: "none",
      summary: "Sign in with a one-time token",
      body: signInSchema,
      result: z.object({}),
      status: 201,
      handle: async (call) => {
        const { headers } = call.request;
        attempts.take(readForwarded(headers).clientAddress);
        const { sessionToken } = await sessions.signIn(call.body.token);
        return cookieResponse({
          status: 201,
          value: sessionToken,
          maxAgeSeconds: sessionLifetimeSeconds,
          secure: wantsSecureCookie({ headers, publicUrl: services.runtime.publicUrl }),
        });
      },
    }),
    defineRoute({
      method: "delete",
      path: "/session",
      permission: "session:write",
      scope: "none",
      summary: "Sign out",
      result: z.object({}),
      status: 204,
      handle: async (call) => {
        if (call.principal.kind === "session") await sessions.signOut(call.principal.sessionId);
        const { publicUrl } = services.runtime;
        const secure = wantsSecureCookie({ headers: call.request.headers, publicUrl });
        return cookieResponse({ status: 204, value: "", maxAgeSeconds: 0, secure });
      },
    }),
  ];
}

function startRoutes(services: Services): ApiRoute[] {
  const readKey = createKeyReader(services);
  return [
    defineRoute({
      method: "get",
      path: "/quickstart",
      permission: "quickstart:read",
      scope: "project",
      summary: "What a first call needs: base URL, key, models that answer now",
      result: quickstartSchema,
      handle: (call) =>
        readQuickstart({
          readKey,
          snapshot: services.runtime.snapshot(),
          projectId: call.projectId,
          baseUrl: clientBaseUrl({ headers: call.request.headers, runtime: services.runtime }),
        }),
    }),
    defineRoute({
      method: "post",
      path: "/links",
      permission: "links:write",
      scope: "none",
      summary: "Make a one-time sign-in link for the administrator",
      result: z.object({ url: z.string(), expiresAt: z.string() }),
      status: 201,
      handle: async (call) => {
        const token = await services.sessions.createLinkToken(linkLifetimeSeconds);
        const { headers } = call.request;
        return {
          url: `${clientBaseUrl({ headers, runtime: services.runtime })}/sign-in#token=${token}`,
          expiresAt: new Date(services.now() + linkLifetimeSeconds * 1000).toISOString(),
        };
      },
    }),
  ];
}

async function describeSession(options: {
  services: Services;
  call: { principal: { kind: string; userId?: string; name?: string }; request: Request };
}): Promise<Session> {
  const { services, call } = options;
  return {
    user: {
      userId: call.principal.userId ?? "",
      name: call.principal.name ?? "",
      role: "administrator",
    },
    projects: await services.projects.list(),
    baseUrl: clientBaseUrl({ headers: call.request.headers, runtime: services.runtime }),
    version: services.runtime.version,
  };
}

function cookieResponse(options: {
  status: number;
  value: string;
  maxAgeSeconds: number;
  secure: boolean;
}): Response {
  const cookie = [
    `${sessionCookie}=${options.value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    `Max-Age=${options.maxAgeSeconds}`,
    ...(options.secure ? ["Secure"] : []),
  ].join("; ");
  const body = options.status === 204 ? null : "{}";
  return new Response(body, {
    status: options.status,
    headers: {
      "set-cookie": cookie,
      "cache-control": "no-store",
      ...(body ? { "content-type": "application/json" } : {}),
    },
  });
}
