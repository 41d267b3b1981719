import type { CanonicalError } from "./canonical.ts";
import { isJsonObject, objectOf, parseJson, textOf } from "../json.ts";

/** Longest text of an unknown error body that is passed on. */
const excerptMax = 500;

/**
 * Reads an error body of any shape in use: OpenAI's and Anthropic's `error` objects, a bare string, an array
 * of one, FastAPI's `detail`, a `message` at the top, or a proxy's HTML page.
 */
export function readErrorFields(options: { status: number; body: unknown }): CanonicalError {
  const { status, body } = options;
  const parsed = typeof body === "string" ? (parseJson(body) ?? body) : body;
  const whole = Array.isArray(parsed) ? parsed[0] : parsed;
  const holder = objectOf(whole);
  const error = isJsonObject(holder["error"]) ? holder["error"] : holder;
  const type = textOf(error["type"]) || textOf(error["status"]);
  const detailCode = textOf(objectOf(error["details"])["error_code"]);
  const message =
    textOf(error["message"]) ||
    textOf(holder["error"]) ||
    textOf(holder["message"]) ||
    detailText(holder["detail"]) ||
    excerpt(whole);
  return {
    code: textOf(error["code"]) || detailCode || (type === "error" ? "" : type) || codeForStatus(status),
    message: message === "" ? defaultMessage(status) : message,
    type,
  };
}

function detailText(detail: unknown): string {
  if (typeof detail === "string") return detail;
  return detail === undefined || detail === null ? "" : JSON.stringify(detail).slice(0, excerptMax);
}

function excerpt(body: unknown): string {
  return typeof body === "string" ? body.trim().slice(0, excerptMax) : "";
}

function defaultMessage(status: number): string {
  return status === 0
    ? "The provider reported an error without saying which."
    : `The provider answered with HTTP status ${status} and no message.`;
}

function codeForStatus(status: number): string {
  return status === 0 ? "provider_error" : `provider_error_${status}`;
}
