import { problemSentence, subjectOf } from "./input/parse-input.ts";

/**
 * One thing that is wrong with an input: the path of the field, and words that go on after it. Those of a filter
 * stand for themselves.
 */
export interface FieldProblem {
  path: string;
  message: string;
}

interface ApiErrorOptions {
  code: string;
  status: number;
  title: string;
  /** What happened, as a sentence. */
  detail: string;
  /** What to do about it, as a sentence. */
  mend: string;
  errors?: readonly FieldProblem[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that the REST API answers as a problem (RFC 9457). `code` is stable. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly mend: string;
  readonly errors: readonly FieldProblem[];
  readonly headers: Record<string, string>;

  constructor(options: ApiErrorOptions) {
    super(options.detail, { cause: options.cause });
    this.name = "ApiError";
    this.code = options.code;
    this.status = options.status;
    this.title = options.title;
    this.mend = options.mend;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

/** Something named in the path does not exist in the caller's project. */
export function notFound(options: { what: string; id: string; mend?: string }): ApiError {
  return new ApiError({
    code: `${options.what.replaceAll(" ", "_")}_not_found`,
    status: 404,
    title: "Not found",
    detail: `There is no ${options.what} ${JSON.stringify(options.id)} here.`,
    mend: options.mend ?? `Check the id, and that it belongs to the project you asked for.`,
  });
}

/** The input does not have the form that the route's schema asks for. */
export function invalidInput(options: {
  where: "path" | "query" | "body" | "cursor" | "filter";
  errors: readonly FieldProblem[];
  mend?: string;
  cause?: unknown;
}): ApiError {
  const first = options.errors[0];
  const more = options.errors.length > 1 ? ` (and ${options.errors.length - 1} more)` : "";
  const subject =
    options.where === "filter"
      ? `${first?.path ?? ""}:`
      : subjectOf(first?.path ?? "", `The ${options.where}`);
  return new ApiError({
    code: `invalid_${options.where}`,
    status: 400,
    title: "Invalid input",
    detail: first
      ? `${problemSentence({ subject, message: first.message })}${more}`
      : `The ${options.where} is not valid.`,
    mend: options.mend ?? "Mend the fields listed in errors; /api/v1/openapi.json describes each of them.",
    errors: options.errors,
    cause: options.cause,
  });
}

/** An engine that the answer needs is away; calls through the gateway go on and are recorded meanwhile. */
export function engineUnavailable(options: { engine: "postgres" | "clickhouse"; cause?: unknown }): ApiError {
  const name = options.engine === "postgres" ? "Postgres" : "ClickHouse";
  return new ApiError({
    code: `${options.engine}_unavailable`,
    status: 503,
    title: `${name} is unavailable`,
    detail: `${name} does not answer, so this cannot be shown now. Model calls go on and are kept in the spool.`,
    mend: `Look at GET /readyz for what is wrong with ${name} and try again in a moment.`,
    headers: { "retry-after": "2" },
    cause: options.cause,
  });
}
