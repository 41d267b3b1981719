import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject, WireProtocol } from "../contract.ts";
import { arrayOf, textOf } from "../json.ts";
import { planAnswer } from "./answer.ts";
import type { PlannedAnswer } from "./answer.ts";
import { anthropicWire } from "./anthropic-wire.ts";
import type { Simulator, SimulatorCall, SimulatorOptions, SimulatorResponse } from "./contract.ts";
import { embedText } from "./embedding.ts";
import { errorFor, planFailure, requestError } from "./failures.ts";
import type { PlannedFailure } from "./failures.ts";
import { openAiWire } from "./openai-wire.ts";
import { dueAtMs, dueCount, waitUntil } from "./pacing.ts";
import type { Pace, Schedule } from "./pacing.ts";
import { parseSimulatorModel } from "./parameters.ts";
import type { SimulatorParameters } from "./parameters.ts";
import { readChatRequest } from "./request.ts";
import type { ChatRequest } from "./request.ts";
import { estimateInputTokens, estimateTextTokens } from "../token-estimate.ts";
import type { AnswerHead, AnswerWire, SimulatedError, StreamWriter } from "./wire.ts";

const embeddingDimensionsDefault = 256;
const embeddingDimensionsMax = 4096;
const embeddingInputsMax = 2048;
/** Tokens that go out in one chunk at most, so that an unpaced answer still is a stream. */
const batchMax = 64;
/** Seeds whose calls are counted; a client that makes up seeds must not fill the memory. */
const countedSeedsMax = 10_000;

const encoder = new TextEncoder();

/**
 * An honest simulator of a model provider: it says in its ids, its fingerprint and its text that it is one. It
 * answers both protocols with the timing, the length, the failures, the tools and the JSON that it is asked for.
 *
 * @example
 * const simulator = createSimulator();
 * const body = { messages: [{ role: "user", content: "Hello" }] };
 * const response = await simulator.respond({ protocol: "openai", operation: "chat", model: "echo", body });
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const clock = options.clock ?? { nowMs: () => performance.timeOrigin + performance.now() };
  const pace: Pace = { nowMs: () => clock.nowMs(), sleep: options.sleep ?? sleepFor };
  const callsOfSeed = new Map<number, number>();
  const nextNumber = (seed: number): number => {
    const number = callsOfSeed.get(seed) ?? 0;
    if (number === 0 && callsOfSeed.size >= countedSeedsMax) callsOfSeed.clear();
    callsOfSeed.set(seed, number + 1);
    return number;
  };
  return {
    async respond(call) {
      const parsed = parseSimulatorModel(call.model);
      if (parsed.problem !== undefined)
        return failed(requestError(parsed.problem, call.protocol), call.protocol);
      const { parameters } = parsed;
      const context: CallContext = { call, parameters, pace, startedAtMs: pace.nowMs() };
      if (call.operation === "count_tokens") {
        return json(200, { input_tokens: estimateInputTokens(call.body) });
      }
      const stream = call.operation === "chat" && call.body.stream === true;
      const failure = planFailure(parameters, { number: nextNumber(parameters.seed), stream });
      return call.operation === "embeddings" ? embed(context, failure) : chat(context, failure);
    },
  };
}

interface CallContext {
  call: SimulatorCall;
  parameters: SimulatorParameters;
  pace: Pace;
  startedAtMs: number;
}

async function sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    // Timers have no finer grain than a millisecond, and none longer than 31 bits.
    await delay(Math.min(Math.max(1, ms), 2 ** 31 - 1), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // An aborted pause ends early; whoever paused looks at the signal itself.
    if (signal === undefined || !signal.aborted) throw error;
  }
}

function wireOf(protocol: WireProtocol): AnswerWire {
  return protocol === "anthropic" ? anthropicWire : openAiWire;
}

function json(status: number, body: JsonObject, headers: Record<string, string> = {}): SimulatorResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: encoder.encode(JSON.stringify(body)),
  };
}

function failed(error: SimulatedError, protocol: WireProtocol): SimulatorResponse {
  return json(error.status, wireOf(protocol).errorBody(error), error.headers);
}

async function chat(context: CallContext, failure: PlannedFailure | null): Promise<SimulatorResponse> {
  const { call, parameters, pace, startedAtMs } = context;
  const request = readChatRequest(call.protocol, call.body);
  if (typeof request === "string") {
    return failed(requestError({ status: 400, message: request }, call.protocol), call.protocol);
  }
  const schedule: Schedule = { startedAtMs, ttft: parameters.ttft, rate: parameters.rate };
  if (failure !== null && failure.kind !== "event" && failure.kind !== "cut") {
    await waitUntil(pace, dueAtMs(schedule, 0), call.signal);
    return failed(errorFor(failure.kind, call.protocol), call.protocol);
  }
  const answer = planAnswer(parameters, request);
  const head = headOf(context, request);
  const wire = wireOf(call.protocol);
  if (request.stream) {
    const stream = streamAnswer({
      context,
      schedule,
      answer,
      wire,
      writer: wire.stream(head, answer),
      failure,
    });
    return { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" }, stream };
  }
  await waitUntil(pace, dueAtMs(schedule, answer.pieces.length), call.signal);
  return json(200, wire.body(head, answer));
}

function headOf(context: CallContext, request: ChatRequest): AnswerHead {
  const { call, startedAtMs } = context;
  // Ids are the one thing that is not drawn from the seed: two answers must never share one.
  const prefix = call.protocol === "anthropic" ? "msg_sim_" : "chatcmpl-sim-";
  return {
    id: `${prefix}${randomBytes(12).toString("hex")}`,
    model: textOf(call.body.model) || `sim/${call.model.replace(/^sim\//, "")}`,
    createdAtMs: startedAtMs,
    inputTokens: estimateInputTokens(call.body),
    includeUsage: request.includeUsage,
  };
}

async function* streamAnswer(options: {
  context: CallContext;
  schedule: Schedule;
  answer: PlannedAnswer;
  wire: AnswerWire;
  writer: StreamWriter;
  failure: PlannedFailure | null;
}): AsyncGenerator<Uint8Array, void, undefined> {
  const { context, schedule, answer, writer, failure } = options;
  const { call, pace } = context;
  const total = answer.pieces.length;
  const breakAt = failure === null ? total : Math.min(total, 1 + Math.floor(failure.breakAfterShare * total));
  let pending = writer.start();
  let sent = 0;
  while (sent < breakAt) {
    await waitUntil(pace, dueAtMs(schedule, sent), call.signal);
    const due = Math.max(1, dueCount(schedule, { from: sent, total: breakAt, nowMs: pace.nowMs() }));
    const until = Math.min(breakAt, sent + Math.min(due, batchMax));
    for (; sent < until; sent += 1) {
      const piece = answer.pieces[sent];
      if (piece !== undefined) pending += writer.piece(piece);
    }
    if (sent === total && failure === null) pending += writer.end();
    yield encoder.encode(pending);
    pending = "";
  }
  if (failure !== null) {
    if (pending !== "") yield encoder.encode(pending);
    breakOff(failure);
    yield encoder.encode(options.wire.errorEvent(errorFor("event", call.protocol)));
    return;
  }
  if (total === 0) {
    await waitUntil(pace, dueAtMs(schedule, 0), call.signal);
    yield encoder.encode(pending + writer.end());
  }
}

/** Throws where the stream is to break like a lost connection, without a word in its protocol. */
function breakOff(failure: PlannedFailure): void {
  if (failure.kind !== "cut") return;
  throw new Error("Simulated failure: the connection broke in the middle of the stream.");
}

async function embed(context: CallContext, failure: PlannedFailure | null): Promise<SimulatorResponse> {
  const { call, parameters, pace, startedAtMs } = context;
  const refuse = (message: string): SimulatorResponse =>
    failed(requestError({ status: 400, message }, call.protocol), call.protocol);
  const inputs = embeddingInputs(call.body.input);
  if (inputs === null) {
    return refuse(`input must be a text, or a list of 1 to ${embeddingInputsMax} texts or token lists.`);
  }
  const dimensions = call.body.dimensions ?? embeddingDimensionsDefault;
  if (
    typeof dimensions !== "number" ||
    !Number.isInteger(dimensions) ||
    dimensions < 1 ||
    dimensions > embeddingDimensionsMax
  ) {
    return refuse(`dimensions must be a whole number from 1 to ${embeddingDimensionsMax}.`);
  }
  await waitUntil(pace, startedAtMs + parameters.ttft, call.signal);
  if (failure !== null) return failed(errorFor(failure.kind, call.protocol), call.protocol);
  const asBase64 = call.body.encoding_format === "base64";
  const data = inputs.map((text, index) => {
    const vector = embedText(text, dimensions);
    const embedding = asBase64 ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const tokens = inputs.reduce((sum, text) => sum + Math.max(1, estimateTextTokens(text)), 0);
  return json(200, {
    object: "list",
    data,
    model: textOf(call.body.model) || call.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function embeddingInputs(input: unknown): string[] | null {
  if (typeof input === "string") return [input];
  const items = arrayOf(input);
  if (items.length === 0 || items.length > embeddingInputsMax) return null;
  // Token ids mean nothing to the simulator, but the same ids give the same vector.
  if (items.every((item) => typeof item === "number")) return [items.join(" ")];
  const texts = items.map((item) =>
    typeof item === "string" ? item : Array.isArray(item) ? item.join(" ") : null,
  );
  return texts.every((text) => text !== null) ? texts : null;
}
