import type { WireProtocol } from "../contract.ts";
import type { FailureKind, SimulatorParameters } from "./parameters.ts";
import { createRandom, pick } from "./random.ts";
import type { SimulatedError } from "./wire.ts";

/** What the dice said for one call: how it fails, and after which share of its tokens a stream breaks. */
export interface PlannedFailure {
  kind: FailureKind;
  breakAfterShare: number;
}

const beforeAnswer = ["http_500", "http_429", "overloaded"] as const;
const inStream = ["event", "cut"] as const;

/**
 * Decides whether the n-th call of a seed fails. The same seed gives the same sequence, whatever is asked, so
 * that a load test with one request repeated sees its share of failures.
 */
export function planFailure(
  parameters: SimulatorParameters,
  call: { number: number; stream: boolean },
): PlannedFailure | null {
  if (parameters.error === 0) return null;
  const random = createRandom((parameters.seed ^ Math.imul(call.number + 1, 0x9e3779b1)) >>> 0);
  if (random() >= parameters.error) return null;
  const possible: readonly FailureKind[] = call.stream ? [...beforeAnswer, ...inStream] : beforeAnswer;
  const drawn = pick(possible, random) ?? "http_500";
  const wanted = parameters.failure === "any" ? drawn : parameters.failure;
  // A call that does not stream has no middle to break in, so it fails as a whole.
  const kind = possible.includes(wanted) ? wanted : "http_500";
  return { kind, breakAfterShare: random() };
}

/** The error that a failure shows, in the words of the protocol. */
export function errorFor(kind: FailureKind, protocol: WireProtocol): SimulatedError {
  const isAnthropic = protocol === "anthropic";
  if (kind === "http_429") {
    return {
      status: 429,
      type: isAnthropic ? "rate_limit_error" : "requests",
      code: "rate_limit_exceeded",
      message:
        "Simulated failure: too many requests. The call asked the simulator to fail now and then (error=…).",
      headers: { "retry-after": "1" },
    };
  }
  if (kind === "overloaded" || kind === "event") {
    return {
      status: isAnthropic ? 529 : 503,
      type: isAnthropic ? "overloaded_error" : "server_error",
      code: "overloaded",
      message: "Simulated failure: overloaded. The call asked the simulator to fail now and then (error=…).",
    };
  }
  return {
    status: 500,
    type: isAnthropic ? "api_error" : "server_error",
    code: "server_error",
    message:
      "Simulated failure: internal error. The call asked the simulator to fail now and then (error=…).",
  };
}

/** A request that the simulator cannot serve, in the words of the protocol. */
export function requestError(
  problem: { status: 400 | 404; message: string },
  protocol: WireProtocol,
): SimulatedError {
  const isAnthropic = protocol === "anthropic";
  if (problem.status === 404) {
    return {
      status: 404,
      type: isAnthropic ? "not_found_error" : "invalid_request_error",
      code: "model_not_found",
      message: problem.message,
    };
  }
  return { status: 400, type: "invalid_request_error", code: "invalid_request", message: problem.message };
}
