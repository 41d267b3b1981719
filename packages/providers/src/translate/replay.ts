import { readFileSync } from "node:fs";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import type { JsonObject, StreamTranslator, WireProtocol } from "../contract.ts";
import { isJsonObject, objectOf, textOf } from "../json.ts";
import { createStreamTranslator } from "./stream-translator.ts";

// What the tests of this folder need to replay a provider and to listen as a real client.

export const nowMs = 1_763_683_200_000;

/** A fixture of this package: one SSE payload per line. */
export function readFixture(name: string): string[] {
  const path = new URL(`../../fixtures/${name}.chunks.txt`, import.meta.url);
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** The bytes of a stream, as a provider of this protocol sends these payloads. */
export function toSse(protocol: WireProtocol, payloads: readonly string[]): Uint8Array {
  const text = payloads.map((payload) => {
    const type = protocol === "anthropic" ? `event: ${textOf(objectOf(JSON.parse(payload))["type"])}\n` : "";
    return `${type}data: ${payload}\n\n`;
  });
  if (protocol === "openai") text.push("data: [DONE]\n\n");
  return Buffer.from(text.join(""));
}

export function otherProtocol(protocol: WireProtocol): WireProtocol {
  return protocol === "openai" ? "anthropic" : "openai";
}

export interface Replay {
  text: string;
  receipt: StreamTranslator["receipt"];
}

/** Translates a stream that comes in these chunks, and then ends. */
export function replay(options: {
  from: WireProtocol;
  to?: WireProtocol;
  chunks: readonly Uint8Array[];
  includeUsage?: boolean;
}): Replay {
  const { from, to = otherProtocol(from), chunks, includeUsage = true } = options;
  const translator = createStreamTranslator({ from, to, model: "asked", includeUsage, nowMs });
  const decoder = new TextDecoder();
  let text = "";
  for (const chunk of chunks) text += decoder.decode(translator.push(chunk), { stream: true });
  text += decoder.decode(translator.end());
  return { text, receipt: translator.receipt };
}

/** The same bytes in pieces of `length`. */
export function cutEvery(bytes: Uint8Array, length: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
  return chunks;
}

/** The JSON payloads of emitted events, without comments and `[DONE]`. */
export function payloadsOf(text: string): JsonObject[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line): unknown => JSON.parse(line.slice(6)))
    .filter(isJsonObject);
}

function respondWith(body: string, status: number): typeof fetch {
  const type = status === 200 && !body.startsWith("{") ? "text/event-stream" : "application/json";
  return async () => new Response(body, { status, headers: { "content-type": type } });
}

/** The unmodified OpenAI client, to which every call answers with this body. */
export function openAiClient(body: string, status = 200): OpenAI {
  return new OpenAI({
    apiKey: "test",
    baseURL: "http://weir.test/v1",
    maxRetries: 0,
    fetch: respondWith(body, status),
  });
}

/** The unmodified Anthropic client, to which every call answers with this body. */
export function anthropicClient(body: string, status = 200): Anthropic {
  return new Anthropic({
    apiKey: "test",
    baseURL: "http://weir.test",
    maxRetries: 0,
    fetch: respondWith(body, status),
  });
}
