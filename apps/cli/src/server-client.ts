import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { problemSchema } from "@weir/schema";
import { z } from "zod";
import type { CommandContext } from "./context.ts";
import { CliError } from "./errors.ts";

const timeoutMs = 15_000;
const endpointSchema = z.object({
  pid: z.number(),
  baseUrl: z.string(),
  publicUrl: z.string().nullable().default(null),
});

/** The running server of a home, spoken to over HTTP with the home's admin token. */
export interface ServerClient {
  /** Where this machine reaches it, without `/v1`. */
  baseUrl: string;
  /** Where people and clients are told to reach it; null when that is no other address. */
  publicUrl: string | null;
  pid: number;
  /** Asks the REST API, below `/api/v1`; the answer is parsed with `result`. */
  call<Result>(request: {
    method: "GET" | "POST" | "DELETE";
    path: string;
    body?: unknown;
    result: z.ZodType<Result>;
  }): Promise<Result>;
}

/** Where the state of this Weir lies. */
export function homeOf(context: CommandContext): string {
  return resolve(context.workingDirectory, context.variables["WEIR_HOME"] || "./.weir");
}

/** Finds the server that runs on this home. Throws `not_running` when none does. */
export function connectToServer(context: CommandContext): ServerClient {
  const home = homeOf(context);
  const endpointText = readOwned(join(home, "run", "endpoint.json"));
  const endpoint = endpointSchema.safeParse(endpointText === null ? null : parseJson(endpointText));
  if (!endpoint.success) throw notRunning({ home });
  const { baseUrl, publicUrl, pid } = endpoint.data;
  const token = readOwned(join(home, "admin-token"))?.trim();
  if (token === undefined) throw notRunning({ home });
  return {
    baseUrl,
    publicUrl,
    pid,
    async call({ method, path, body, result }) {
      const response = await send({
        url: `${baseUrl}/api/v1${path}`,
        home,
        init: {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
      });
      const text = await response.text();
      if (!response.ok) throw failed({ text, status: response.status });
      const parsed = result.safeParse(text === "" ? undefined : parseJson(text));
      if (!parsed.success) throw unexpected({ text, status: response.status, cause: parsed.error });
      return parsed.data;
    },
  };
}

async function send(options: { url: string; home: string; init: RequestInit }): Promise<Response> {
  try {
    return await fetch(options.url, { ...options.init, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    if (cause instanceof Error && cause.name === "TimeoutError") {
      throw new CliError({
        code: "server_slow",
        message: `Weir did not answer within ${timeoutMs / 1000} s.`,
        mend: `Look at ${join(options.home, "log", "weir.log")}.`,
        cause,
      });
    }
    throw notRunning({ home: options.home, cause });
  }
}

function failed(options: { text: string; status: number }): CliError {
  const problem = problemSchema.safeParse(parseJson(options.text));
  if (problem.success) {
    const { code, detail, mend } = problem.data;
    return new CliError({ code, message: detail, mend });
  }
  return unexpected(options);
}

function unexpected(options: { text: string; status: number; cause?: unknown }): CliError {
  return new CliError({
    code: "unexpected_answer",
    message: `The server answered ${options.status}: ${options.text.slice(0, 200)}`,
    mend: "Make sure that the command and the server are of the same version.",
    cause: options.cause,
  });
}

function notRunning(options: { home: string; cause?: unknown }): CliError {
  return new CliError({
    code: "not_running",
    message: `No Weir runs on ${options.home}.`,
    mend: 'Start it with "npm start", or point WEIR_HOME to the home of the one that runs.',
    cause: options.cause,
  });
}

/** The text of a file of the home, which only its owner reads; null when there is none. */
function readOwned(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new CliError({
      code: "home_unreadable",
      message: `${path} cannot be read.`,
      mend: "Run this as the user that runs Weir, or point WEIR_HOME to a home of your own.",
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever asked finds that it has no form that they know.
    return null;
  }
}
