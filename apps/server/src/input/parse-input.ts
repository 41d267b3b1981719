import { z } from "zod";
import { describeAt, fieldsAt, isOptionalAt } from "./describe-schema.ts";
import { holdsCredentials } from "./holds-credentials.ts";
import { nearestName } from "./nearest-name.ts";

/** One thing wrong with what a person or a program wrote. */
export interface InputProblem {
  /** Where the field stands; empty for the whole. */
  path: PropertyKey[];
  /** What is wrong, as words that go on after the field's name: `must be true or false, but it is "x"`. */
  message: string;
  /** What to do about it, as a sentence. */
  mend: string;
}

const quotedMaxCharacters = 60;
/** What such fields hold must not end in a terminal or a log because of a slip in it. */
const secretField = /key$|token|secret|password|^headers$/i;

/**
 * Parses input with its schema; for what does not fit, every problem in plain words. Where a schema brings its own
 * message, that is what belongs there: `z.string().regex(hex, "a trace id of 32 hex digits")`.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { ok: true; value: z.output<Schema> } | { ok: false; problems: InputProblem[] } {
  // zod's own words are left empty, so that only a schema's are in the issues.
  const parsed = schema.safeParse(value, { error: () => "" });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, schema, value)) };
}

/** A problem as a sentence of its own. */
export function problemSentence(options: { subject: string; message: string }): string {
  return `${options.subject} ${options.message}${/[.?!]$/.test(options.message) ? "" : "."}`;
}

/** A field's name as a subject of sentences; `whole` is the subject when the path is empty. */
export function subjectOf(path: Readonly<PropertyKey[]> | string, whole: string): string {
  const name = typeof path === "string" ? path : path.map(String).join(".");
  return name === "" ? whole : `"${name}"`;
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): InputProblem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownField({ path: [...path, key], known: fieldsAt(schema, path) }));
  }
  const name = subjectOf(path, "it");
  const wanted = issue.message || describeAt(schema, path);
  const given = valueAt(value, path);
  if (given === undefined) {
    return [{ path, message: `is missing; it must be ${wanted}`, mend: `Add ${name}.` }];
  }
  const way = isOptionalAt(schema, path) ? ", or leave it out" : "";
  return [
    {
      path,
      message: `must be ${wanted}, but it is ${describeGiven(given, path)}`,
      mend: `Give ${name} as ${wanted}${way}.`,
    },
  ];
}

function unknownField(options: { path: PropertyKey[]; known: readonly string[] }): InputProblem {
  const { path, known } = options;
  const written = String(path.at(-1));
  const nearest = nearestName({ name: written, known });
  const mend = nearest === null ? "Leave it out." : `Write "${nearest}", or leave it out.`;
  if (nearest !== null) return { path, message: `is no field here; did you mean "${nearest}"?`, mend };
  const all = known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
  return { path, message: `is no field here; ${all}`, mend };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function describeGiven(given: unknown, path: readonly PropertyKey[]): string {
  if (given === null) return "null";
  if (Array.isArray(given))
    return given.length === 1 ? "a list of one item" : `a list of ${given.length} items`;
  if (typeof given === "object") return "an object";
  const secret = path.some((key) => secretField.test(String(key)));
  if (typeof given === "string") {
    if ((secret && given !== "") || holdsCredentials(given)) return `text of ${given.length} characters`;
    if (given.length <= quotedMaxCharacters) return JSON.stringify(given);
    return `${JSON.stringify(given.slice(0, quotedMaxCharacters))}… (${given.length} characters)`;
  }
  return secret ? `a ${typeof given}` : String(given);
}
