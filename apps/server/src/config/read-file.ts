import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";
import { parseInput, problemSentence, subjectOf } from "../input/parse-input.ts";
import type { ConfigProblem } from "./errors.ts";
import { configFileSchema } from "./file-schema.ts";
import type { ConfigFile } from "./file-schema.ts";
import { findYamlProblems } from "./yaml-problems.ts";

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
  const document = parseDocument(options.text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // Sets, dates and bytes are no configuration: a tag for one is told like any other.
    resolveKnownTags: false,
  });
  const at = (offset: number) => {
    const position = lines.linePos(offset);
    return `${options.name}:${position.line}:${position.col}`;
  };
  const unreadable = findYamlProblems(document);
  if (unreadable.length > 0) {
    return { ok: false, problems: unreadable.map(({ offset, message }) => ({ where: at(offset), message })) };
  }
  const where = (path: Path) => at(offsetOf({ document, path }));
  const problems: ConfigProblem[] = [];
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // Aliases of aliases, so many that they were written to use up the memory.
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problems: [{ where: at(0), message: `${reason}. Write out what the aliases name.` }],
    };
  }
  const filled = fillVariables({ value, path: [], where, problems, ...options });
  const parsed = parseInput(configFileSchema, filled);
  if (!parsed.ok) {
    for (const { path, message } of parsed.problems) {
      const subject = subjectOf(path, "The file");
      problems.push({ where: where(path), message: problemSentence({ subject, message }) });
    }
  }
  if (problems.length > 0 || !parsed.ok) return { ok: false, problems };
  return { ok: true, file: { value: parsed.value, where } };
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
