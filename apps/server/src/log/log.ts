import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import type { Logger } from "pino";
import { z } from "zod";

const logMaxBytes = 32 * 1024 * 1024;

/** A log that can be told of secrets that must never appear in it. */
export interface Log {
  logger: Logger;
  close(): void;
}

/**
 * Logs JSON lines to `<folder>/weir.log` (one older file is kept as `weir.log.1`) and readable lines to `terminal`.
 * The values in `secrets`, and whatever looks like a project key, are blacked out of both.
 */
export function createLog(options: {
  folder: string;
  level: string;
  secrets: readonly string[];
  terminal: (line: string) => void;
}): Log {
  const file = openRotatingFile(join(options.folder, "weir.log"));
  const secrets = options.secrets.filter((secret) => secret.length >= 8);
  const sink = {
    write(line: string) {
      let clean = line.replaceAll(/weir_[A-Za-z0-9]{40}/g, "weir_[redacted]");
      for (const secret of secrets) clean = clean.replaceAll(secret, "[redacted]");
      file.write(clean);
      const readable = readableLine(clean);
      if (readable) options.terminal(readable);
    },
  };
  const redact = {
    paths: ["authorization", "apiKey", "token", "cookie", "secret", "password"].flatMap((name) => [
      name,
      `*.${name}`,
    ]),
    censor: "[redacted]",
  };
  const logger = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact },
    sink,
  );
  return { logger, close: () => file.close() };
}

const lineSchema = z.looseObject({
  level: z.number(),
  time: z.string(),
  msg: z.string().default(""),
  /** What the engines say of themselves: in the file always, on the terminal only when it is a warning. */
  quiet: z.boolean().default(false),
  err: z.looseObject({ message: z.string() }).optional(),
});

function readableLine(line: string): string | null {
  const parsed = lineSchema.safeParse(JSON.parse(line));
  if (!parsed.success || parsed.data.level < (parsed.data.quiet ? 40 : 30)) return null;
  const { level, time, msg, err } = parsed.data;
  const word = level >= 50 ? "error" : level >= 40 ? "warn " : "info ";
  return `${time.slice(11, 19)} ${word} ${msg}${err && err.message !== msg ? ` (${err.message})` : ""}\n`;
}

function openRotatingFile(path: string): { write(text: string): void; close(): void } {
  let descriptor = openSync(path, "a", 0o600);
  let size = fstatSync(descriptor).size;
  return {
    write(text) {
      try {
        if (size > logMaxBytes) {
          closeSync(descriptor);
          renameSync(path, `${path}.1`);
          descriptor = openSync(path, "a", 0o600);
          size = 0;
        }
        size += writeSync(descriptor, text);
      } catch {
        // A full disk must not stop the server; the terminal still gets the line, and /readyz tells of the disk.
      }
    },
    close: () => closeSync(descriptor),
  };
}
