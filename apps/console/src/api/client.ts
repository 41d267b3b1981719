import { problemSchema, type Problem } from "@weir/schema";
import type { z } from "zod";
import { ApiProblem, UnreadableAnswer, Unreachable } from "./failure.ts";

/** Values of a query string; what is undefined or empty is left out. */
export type QueryValues = Readonly<Record<string, string | number | undefined>>;

interface ApiRequest<Schema extends z.ZodType> {
  path: string;
  method?: "GET" | "POST" | "DELETE";
  query?: QueryValues;
  body?: unknown;
  schema: Schema;
  /** Reads the answer's JSON, where that is to keep more than `JSON.parse` does. Throws a `SyntaxError` as that does. */
  parse?: (text: string) => unknown;
  signal?: AbortSignal | undefined;
}

const unauthorizedListeners = new Set<() => void>();

/** Calls back whenever an answer says that the session is over; returns how to stop. */
export function onUnauthorized(listener: () => void): () => void {
  unauthorizedListeners.add(listener);
  return () => unauthorizedListeners.delete(listener);
}

/** `/api/v1/traces?limit=50`, for requests and for links to downloads. */
export function apiUrl(path: string, query: QueryValues = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

/**
 * One call of the API whose answer is parsed, never trusted. Throws `ApiProblem`, `UnreadableAnswer` or
 * `Unreachable`, which every error state knows how to put into words.
 */
export async function callApi<Schema extends z.ZodType>(
  request: ApiRequest<Schema>,
): Promise<z.output<Schema>> {
  const response = await send(request);
  const requestId = response.headers.get("x-request-id") ?? "";
  const text = await response.text();
  if (!response.ok) throw refused({ response, text, requestId });
  const json = text === "" ? null : parseAnswer(text, { parse: request.parse ?? JSON.parse, requestId });
  const parsed = request.schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnreadableAnswer(`The answer of ${request.path} is not what this page expects.`, {
    errors: parsed.error.issues
      .slice(0, 5)
      .map((issue) => ({ path: issue.path.map(String).join("."), message: issue.message })),
    requestId,
    cause: parsed.error,
  });
}

/** Reads a file of the API as text. Throws like `callApi`. */
export async function readText(request: Omit<ApiRequest<z.ZodType>, "schema">): Promise<string> {
  const response = await send(request);
  const text = await response.text();
  if (response.ok) return text;
  throw refused({ response, text, requestId: response.headers.get("x-request-id") ?? "" });
}

async function send({
  path,
  method = "GET",
  query,
  body,
  signal,
}: Omit<ApiRequest<z.ZodType>, "schema">): Promise<Response> {
  try {
    return await fetch(apiUrl(path, query), {
      method,
      credentials: "same-origin",
      headers: {
        accept: "application/json, */*;q=0.5",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Unreachable(cause);
  }
}

function parseAnswer(
  text: string,
  { parse, requestId }: { parse: (text: string) => unknown; requestId: string },
): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new UnreadableAnswer("The answer is not JSON; a proxy in between may have sent its own page.", {
      errors: [],
      requestId,
      cause,
    });
  }
}

function refused({
  response,
  text,
  requestId,
}: {
  response: Response;
  text: string;
  requestId: string;
}): Error {
  if (response.status === 401) for (const listener of unauthorizedListeners) listener();
  const problem = readProblem(text);
  if (problem !== null) return new ApiProblem(problem);
  return new ApiProblem({
    type: "about:blank",
    title: response.statusText === "" ? `HTTP ${response.status}` : response.statusText,
    status: response.status,
    detail: `The server answered ${response.status} without saying why.`,
    code: `http_${response.status}`,
    mend:
      response.status === 503 ? "The control server is starting or restarting; try again in a moment." : "",
    requestId,
  });
}

function readProblem(text: string): Problem | null {
  try {
    const parsed = problemSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // Not JSON: the caller says so with the HTTP status, which is all that is known then.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
