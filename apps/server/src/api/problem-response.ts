import { problemSchema } from "@weir/schema";
import type { Logger } from "pino";
import { ApiError } from "../errors.ts";

/** Answers an error as a problem (RFC 9457). What is no `ApiError` is a fault of ours: logged, and told without details. */
export function problemResponse(options: { error: unknown; requestId: string; log: Logger }): Response {
  const { error, requestId } = options;
  const known = error instanceof ApiError ? error : internalError(error);
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
