import { z } from "zod";

export const projectSchema = z.object({
  projectId: z.string(),
  name: z.string(),
  slug: z.string(),
  createdAt: z.string(),
});
export type Project = z.infer<typeof projectSchema>;

/** What people call a thing: one line that can be seen. Postgres keeps no NUL. */
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  // The OpenAPI document has patterns without flags, which the shorter \P{Cc} would need.
  // oxlint-disable-next-line no-control-regex -- they are what is meant
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, "text of 1 to 80 characters, none of them a control character");

export const createProjectSchema = z.strictObject({ name: nameSchema });

/** `POST /api/v1/session`: exchanges a one-time sign-in token for a session cookie. */
export const signInSchema = z.strictObject({ token: z.string().min(1).max(200) });

/** `GET /api/v1/session`. */
export const sessionSchema = z.object({
  user: z.object({ userId: z.string(), name: z.string(), role: z.enum(["administrator"]) }),
  projects: z.array(projectSchema),
  /** The base URL for clients, without `/v1`, e.g. `http://127.0.0.1:9347`. */
  baseUrl: z.string(),
  version: z.string(),
});
export type Session = z.infer<typeof sessionSchema>;

export const apiKeySchema = z.object({
  keyId: z.string(),
  projectId: z.string(),
  name: z.string(),
  /** First characters, enough to recognise it: `weir_k3f9…`. */
  prefix: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const createApiKeySchema = z.strictObject({
  projectId: z.string().optional(),
  name: nameSchema,
});

/** The only answer that ever contains the key itself. */
export const createdApiKeySchema = z.object({ key: apiKeySchema, secret: z.string() });

/** `GET /api/v1/quickstart?projectId=`: what the empty states need to show three lines that work. */
export const quickstartSchema = z.object({
  baseUrl: z.string(),
  /** The project's first key that works and can be shown; null when there is none. */
  key: z.string().nullable(),
  /** Models that would answer now, one per protocol where there is one; `sim/echo` always. */
  models: z.array(z.object({ model: z.string(), protocol: z.enum(["openai", "anthropic", "sim"]) })),
});
export type Quickstart = z.infer<typeof quickstartSchema>;
