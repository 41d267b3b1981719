import type { Problem } from "@weir/schema";

/** An answer of the API that is a problem document (RFC 9457), thrown by the client. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail === "" ? problem.title : problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
  }
}

/** An answer that is not what this console expects: another version of the server, or a proxy's page in between. */
export class UnreadableAnswer extends Error {
  readonly errors: readonly { path: string; message: string }[];
  readonly requestId: string;
  constructor(
    message: string,
    details: { errors: readonly { path: string; message: string }[]; requestId: string; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.name = "UnreadableAnswer";
    this.errors = details.errors;
    this.requestId = details.requestId;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The Weir server does not answer.", { cause });
    this.name = "Unreachable";
  }
}

/** What the API tells a program to do, said to somebody who has the console before them. */
const mends: ReadonlyMap<string, string> = new Map([
  ["clickhouse_unavailable", "The page System, under Settings, says what is wrong with it."],
]);

/** The same four things about every failure, whatever threw it. */
export interface Failure {
  detail: string;
  mend: string;
  code: string;
  requestId: string;
  errors: readonly { path: string; message: string }[];
}

/** Turns anything that was thrown into words for the reader. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ApiProblem) {
    const { detail, title, code, requestId, errors } = error.problem;
    const mend = mends.get(code) ?? error.problem.mend;
    return { detail: detail === "" ? title : detail, mend, code, requestId, errors: errors ?? [] };
  }
  if (error instanceof UnreadableAnswer) {
    return {
      detail: error.message,
      mend: "Reload the page: the server may have been upgraded since this page was opened.",
      code: "answer_unreadable",
      requestId: error.requestId,
      errors: error.errors,
    };
  }
  if (error instanceof Unreachable) {
    return {
      detail: "The Weir server does not answer.",
      mend: "Check that it runs (npx weir status).",
      code: "server_unreachable",
      requestId: "",
      errors: [],
    };
  }
  return {
    detail: error instanceof Error ? error.message : String(error),
    mend: "This is a fault of the console itself. Reload the page; if it comes back, report it with the code.",
    code: error instanceof Error ? error.name : "unknown",
    requestId: "",
    errors: [],
  };
}
