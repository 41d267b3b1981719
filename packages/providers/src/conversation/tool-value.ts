import { hasWrittenNumber, parseWrittenJson } from "../json.ts";

/**
 * A tool's arguments or result as a message part holds them: parsed where they are JSON text. They stay text where
 * they are none (a model may be cut off in the middle), and where a number in them would be printed otherwise than it
 * is written.
 */
export function toolValue(value: unknown): unknown {
  if (typeof value !== "string") return partValue(value);
  const parsed = parseWrittenJson(value);
  return parsed === undefined || hasWrittenNumber(parsed) ? value : parsed;
}

/** The same for arguments, which a call may be without. */
export function toolArguments(value: unknown): unknown {
  return typeof value === "string" && value.trim() === "" ? {} : toolValue(value ?? {});
}

/** What `parseWrittenJson` gave, as a message part holds it: its text where a number would be printed otherwise. */
export function partValue(value: unknown): unknown {
  return hasWrittenNumber(value) ? JSON.stringify(value) : value;
}
