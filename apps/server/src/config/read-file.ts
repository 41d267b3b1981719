import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";
import { z } from "zod";
import type { ConfigProblem } from "./errors.ts";
import { configFileSchema } from "./file-schema.ts";
import type { ConfigFile } from "./file-schema.ts";
import { nearestName } from "./nearest.ts";

type Path = readonly PropertyKey[];

/** A configuration file that was read, with a way to say where a field stands. */
export interface ReadFile {
  value: ConfigFile;
  /** `weir.yaml:12:5` of the field at `path`. */
  where(path: Path): string;
}

/**
 * Reads the text of a `weir.yaml`. `${VARIABLE}` in a text value is replaced from `variables`. Returns every
 * problem found, each with its line and column.
 */
export function readConfigFile(options: {
  name: string;
  text: string;
  variables: Readonly<Record<string, string | undefined>>;
}): { ok: true; file: ReadFile } | { ok: false; problems: ConfigProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(options.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const position = lines.linePos(offset);
    return `${options.name}:${position.line}:${position.col}`;
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      where: at(error.pos[0]),
      message: `this is not YAML: ${error.message}. Check the indentation, and quote text that has a colon in it.`,
    }));
    return { ok: false, problems };
  }
  const where = (path: Path) => at(offsetOf({ document, path }));
  const problems: ConfigProblem[] = [];
  const filled = fillVariables({ value: document.toJS() ?? {}, path: [], where, problems, ...options });
  const parsed = configFileSchema.safeParse(filled);
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => describe({ issue, where })));
  if (problems.length > 0 || !parsed.success) return { ok: false, problems };
  return { ok: true, file: { value: parsed.data, where } };
}

/** Where the field at `path` begins; for a field that is missing, where its nearest parent does. */
function offsetOf(options: { document: Document; path: Path }): number {
  const keys = options.path.map((key) => (typeof key === "symbol" ? key.description : key));
  for (let length = keys.length; length > 0; length--) {
    const parent =
      length === 1 ? options.document.contents : options.document.getIn(keys.slice(0, length - 1), true);
    const last = keys[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = options.document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return options.document.contents?.range?.[0] ?? 0;
}

/** Replaces `${VARIABLE}` in every text, and notes each variable that is not set. */
function fillVariables(options: {
  value: unknown;
  path: Path;
  variables: Readonly<Record<string, string | undefined>>;
  where: (path: Path) => string;
  problems: ConfigProblem[];
}): unknown {
  const { value, path } = options;
  if (Array.isArray(value)) {
    return value.map((item, index) => fillVariables({ ...options, value: item, path: [...path, index] }));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      fillVariables({ ...options, value: item, path: [...path, key] }),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== "string") return value;
  return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const found = options.variables[name];
    if (found === undefined || found === "") {
      options.problems.push({
        where: options.where(path),
        message: `the environment variable ${name} is not set. Set it, or write the value itself here.`,
      });
    }
    return found ?? "";
  });
}

function describe(options: { issue: z.core.$ZodIssue; where: (path: Path) => string }): ConfigProblem[] {
  const { issue, where } = options;
  const name = issue.path.map(String).join(".") || "the file";
  if (issue.code === "unrecognized_keys") {
    const known = knownFields(issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestName({ name: key, known });
      const mend = nearest ? `did you mean ${nearest}?` : `known here: ${known.join(", ")}.`;
      return {
        where: where([...issue.path, key]),
        message: `there is no field ${JSON.stringify(key)}; ${mend}`,
      };
    });
  }
  return [{ where: where(issue.path), message: `${name}: ${issue.message}.` }];
}

/** The fields that the schema knows at `path`. */
function knownFields(path: Path): string[] {
  let schema: unknown = configFileSchema;
  for (const key of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(key)];
  }
  schema = unwrap(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}
