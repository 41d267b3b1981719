import { defaultLimits, providerProtocolSchema } from "@weir/schema";
import { z } from "zod";
import { headerNameProblem, headerTextSchema } from "./header-text.ts";
import { publicUrlSchema } from "./public-url.ts";

/** A limit of the data plane; see `defaultLimits` for each name's meaning and unit. */
const limit = z.number().int().positive();
type LimitName = keyof typeof defaultLimits;
const limitNames = Object.keys(defaultLimits).filter((name): name is LimitName => name in defaultLimits);

const providerSchema = z.strictObject({
  /** The part before `/` in `provider/model`. */
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      "a name of lower-case letters, digits and hyphens, at most 63 characters",
    ),
  /** A provider that Weir knows by name has its own unless told, any other speaks OpenAI's. */
  protocol: providerProtocolSchema.exclude(["sim"]).optional(),
  /** With `/v1`, as an OpenAI client wants it; optional for a provider that Weir knows by name. */
  baseUrl: z.string().optional(),
  /** The key itself or `${VARIABLE}`. */
  apiKey: headerTextSchema.optional(),
  headers: z
    .record(z.string(), headerTextSchema)
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const message = headerNameProblem(name);
        if (message !== null) context.addIssue({ code: "custom", path: [name], message });
      }
    })
    .default({}),
  models: z.array(z.string().min(1)).default([]),
  priceProvider: z.string().optional(),
  timeoutMs: z.number().int().positive().max(3_600_000).nullable().default(null),
});

/** `weir.yaml`. Every field is optional; a field that is not here is refused by name. */
export const configFileSchema = z.strictObject({
  providers: z.array(providerSchema).default([]),
  limits: z.strictObject(Object.fromEntries(limitNames.map((name) => [name, limit.optional()]))).default({}),
  log: z
    .strictObject({ level: z.enum(["trace", "debug", "info", "warn", "error"]).default("info") })
    .default({ level: "info" }),
  server: z
    .strictObject({
      /** The address that people and clients reach Weir by, when it is not the one that it listens on. */
      publicUrl: publicUrlSchema("").optional(),
      /** Believe `x-forwarded-for`, `-host` and `-proto`: only a proxy reaches the port. */
      trustProxy: z.boolean().optional(),
    })
    .default({}),
  /** Refuse a call rather than drop, emulate or rewrite a parameter. */
  strict: z.boolean().default(false),
  /** Offer the simulator's models `sim/*`. */
  simulator: z.boolean().default(true),
});
export type ConfigFile = z.output<typeof configFileSchema>;
export type ConfigFileProvider = ConfigFile["providers"][number];
