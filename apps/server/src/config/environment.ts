import { z } from "zod";
import type { ConfigProblem } from "./errors.ts";
import { holdsCredentials } from "../input/holds-credentials.ts";
import { nearestName } from "../input/nearest-name.ts";
import { publicUrlSchema } from "./public-url.ts";

/** The environment of a process, as text. */
export type Variables = Readonly<Record<string, string | undefined>>;

function wholeNumber(range: { min: number; max: number }) {
  return z
    .string()
    .regex(/^\d+$/, `write a whole number from ${range.min} to ${range.max}`)
    .transform(Number)
    .refine(
      (value) => value >= range.min && value <= range.max,
      `write a whole number from ${range.min} to ${range.max}`,
    );
}

function urlOf(protocols: readonly string[]) {
  const begins = `write a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
  return z
    .string()
    .refine((text) => protocols.some((protocol) => text.toLowerCase().startsWith(`${protocol}//`)), {
      message: begins,
      abort: true,
    })
    .refine(
      readsAsMeant,
      "write a whole URL; in its user name and password % is %25, / is %2F, ? is %3F, # is %23 and @ is %40",
    );
}

/** False for what is no URL, and when a character of a password has ended the host: the rest would be read as something else. */
function readsAsMeant(text: string): boolean {
  // The host of a Postgres behind a unix socket may be left out.
  const url = URL.parse(text.replace("@/", "@localhost/"));
  if (url === null || url.hash !== "" || /^[^=]*@/.test(url.pathname + url.search)) return false;
  try {
    decodeURIComponent(url.username + url.password + url.pathname);
    return true;
  } catch {
    // A % that is none of an escape.
    return false;
  }
}

const shape = {
  WEIR_HOME: z
    .string()
    // The command expands `~` and `~/`; a folder that is really called so is nobody's wish.
    .regex(/^[^~]/, "write the whole path, or one that begins with ~/ for your home folder")
    .default("./.weir"),
  WEIR_PORT: wholeNumber({ min: 0, max: 65_535 }).default(9347),
  WEIR_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, "write an address such as 127.0.0.1, 0.0.0.0 or ::")
    .default("127.0.0.1"),
  WEIR_GATEWAY_THREADS: wholeNumber({ min: 1, max: 64 }).optional(),
  WEIR_BOOTSTRAP_KEY: z
    .string()
    .regex(/^weir_[A-Za-z0-9]{40}$/, "write weir_ and 40 letters or digits")
    .optional(),
  WEIR_POSTGRES_URL: urlOf(["postgres:", "postgresql:"]).optional(),
  WEIR_CLICKHOUSE_URL: urlOf(["http:", "https:"]).optional(),
  WEIR_CONFIG: z.string().optional(),
  WEIR_PUBLIC_URL: publicUrlSchema("write ").optional(),
  WEIR_TRUST_PROXY: z.enum(["true", "false"], "write true or false").optional(),
  WEIR_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error"], "write trace, debug, info, warn or error")
    .optional(),
};
const environmentSchema = z.object(shape);
export type Environment = z.output<typeof environmentSchema>;

/** Reads Weir's own variables; an empty one counts as absent. Misspelt `WEIR_…` names come back as warnings. */
export function readEnvironment(
  variables: Variables,
): { ok: true; environment: Environment; warnings: string[] } | { ok: false; problems: ConfigProblem[] } {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      where: issue.path.map(String).join("."),
      message: `${issue.message}${describeValue(String(issue.path[0]), present)}.`,
    }));
    return { ok: false, problems };
  }
  const known = Object.keys(shape);
  const warnings = Object.keys(present)
    .filter((name) => name.startsWith("WEIR_") && !known.includes(name))
    .flatMap((name) => {
      const nearest = nearestName({ name, known });
      return nearest
        ? [`The environment variable ${name} means nothing to Weir; did you mean ${nearest}?`]
        : [];
    });
  return { ok: true, environment: parsed.data, warnings };
}

/** These hold passwords and keys, which must not end in a terminal or a log because of a slip in them. */
const secretNames = new Set(["WEIR_BOOTSTRAP_KEY", "WEIR_POSTGRES_URL", "WEIR_CLICKHOUSE_URL"]);

function describeValue(name: string, present: Variables): string {
  const value = present[name] ?? "";
  return secretNames.has(name) || holdsCredentials(value)
    ? ` (it has ${value.length} characters)`
    : `; it is ${JSON.stringify(value)}`;
}
