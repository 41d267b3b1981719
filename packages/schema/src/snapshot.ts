import { z } from "zod";

/**
 * What a gateway thread needs to serve: immutable, compiled by the control server, swapped whole. It is kept
 * on disk without secrets so that the gateway starts when Postgres does not; provider keys come from the
 * configuration (environment or `weir.yaml`) at each start.
 */
export const providerProtocolSchema = z.enum(["openai", "anthropic", "sim"]);
export type ProviderProtocol = z.infer<typeof providerProtocolSchema>;

export const snapshotProviderSchema = z.object({
  /** Lower-case name, the part before `/` in `provider/model`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  protocol: providerProtocolSchema,
  /** Origin and path prefix up to and without the operation, e.g. `https://api.openai.com/v1`. */
  baseUrl: z.string(),
  /** Empty when the provider needs none or when it is missing (see `keyRequired`). */
  apiKey: z.string(),
  keyRequired: z.boolean(),
  /** The environment variable or the file and line where the key belongs; quoted in errors. */
  keyHint: z.string(),
  /** Extra headers sent upstream. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Model ids known from the configuration or from the provider's own list. */
  models: z.array(z.string()),
  /** Who answers for prices: the provider id of the price list; defaults to `name`. */
  priceProvider: z.string(),
  /** Silence before this provider's answer; null for the limit `upstreamHeadersTimeoutMs`. */
  timeoutMs: z.number().int().positive().nullable(),
});
export type SnapshotProvider = z.infer<typeof snapshotProviderSchema>;

export const snapshotKeySchema = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  /** SHA-256 of the key, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  revokedAt: z.string().nullable(),
});
export type SnapshotKey = z.infer<typeof snapshotKeySchema>;

export const snapshotSchema = z.object({
  version: z.number().int().nonnegative(),
  providers: z.array(snapshotProviderSchema),
  keys: z.array(snapshotKeySchema),
  /** Refuse a call rather than drop, emulate or rewrite a parameter. A caller can ask for it with `x-weir-strict: true`. */
  strict: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
