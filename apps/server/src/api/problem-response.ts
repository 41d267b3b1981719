import { RequestError } from "@hono/node-server";
import { problemSchema } from "@weir/schema";
import { StoreError } from "@weir/store";
import type { Logger } from "pino";
import { ApiError, invalidInput } from "../errors.ts";

/** Answers an error as a problem (RFC 9457). What is no `ApiError` is a fault of ours: logged, and told without details. */
export function problemResponse(options: { error: unknown; requestId: string; log: Logger }): Response {
  const { error, requestId } = options;
  const known = toApiError(error);
  if (known.status >= 500) options.log.error({ requestId, code: known.code, err: error }, known.message);
  const problem = problemSchema.parse({
    type: `urn:weir:problem:${known.code}`,
    title: known.title,
    status: known.status,
    detail: known.message,
    code: known.code,
    mend: known.mend,
    requestId,
    ...(known.errors.length > 0 ? { errors: known.errors } : {}),
  });
  return new Response(JSON.stringify(problem), {
    status: known.status,
    headers: { ...known.headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RequestError) {
    const errors = [{ path: "", message: `cannot be read: ${error.message}` }];
    return invalidInput({
      where: "path",
      errors,
      mend: "Send a well-formed URL and Host header.",
      cause: error,
    });
  }
  // What the store calls a failure of its own is no business of a caller's beyond that it failed.
  if (error instanceof StoreError && error.status !== 500) {
    return new ApiError({
      code: error.code,
      status: error.status,
      title: storeTitles[error.status] ?? "The store refused this",
      detail: error.message,
      mend: error.mend,
      ...(error.status === 503 ? { headers: { "retry-after": "2" } } : {}),
      cause: error,
    });
  }
  return internalError(error);
}

const storeTitles: Readonly<Record<number, string>> = {
  409: "Conflict",
  413: "Too large",
  499: "Caller went away",
  503: "An engine is unavailable",
  504: "Took too long",
};

function internalError(cause: unknown): ApiError {
  return new ApiError({
    code: "internal_error",
    status: 500,
    title: "Internal error",
    detail: "Weir failed to answer this.",
    mend: "Search for the requestId in WEIR_HOME/log/weir.log and report what you find there.",
    cause,
  });
}
