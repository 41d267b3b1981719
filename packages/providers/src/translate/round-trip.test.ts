import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, WireProtocol } from "../contract.ts";
import { ProvidersError } from "../errors.ts";
import { arrayOf, objectOf, textOf } from "../json.ts";
import { readUsage as readAnthropicUsage, writeUsage as writeAnthropicUsage } from "../anthropic/usage.ts";
import { readUsage as readOpenAiUsage, writeUsage as writeOpenAiUsage } from "../openai/usage.ts";
import { createPartSequencer, type SequencedEvent } from "./part-sequencer.ts";
import { createReceiptBook } from "./receipt-book.ts";
import { nowMs, payloadsOf, replay, toSse } from "./replay.ts";
import { translateRequest, translateResponse } from "./translate.ts";

const text = fc.string({ minLength: 1, unit: "grapheme" }).filter((value) => value.trim() === value);
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
const json = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
/** What JSON text keeps: no negative zero, no prototype tricks. */
const input = json
  .map((value) => objectOf(JSON.parse(JSON.stringify(value))))
  .filter((value) => !Object.hasOwn(value, "__proto__"));
const count = fc.nat({ max: 1_000_000 });

function outcomeOf(from: WireProtocol, to: WireProtocol, body: JsonObject): string {
  try {
    translateRequest({ from, to, body, strict: false });
    return "translated";
  } catch (error) {
    return error instanceof ProvidersError ? `${error.name} ${error.status}` : String(error);
  }
}

describe("requests", () => {
  const toolCall = fc.record({ id, name: id, input });
  const turn = fc.record({
    question: text,
    answer: text,
    calls: fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.id }),
  });

  /** A conversation in the words of OpenAI that Anthropic can hold without loss. */
  const conversation = fc.array(turn, { minLength: 1, maxLength: 3 }).map((turns) =>
    turns.flatMap(({ question, answer, calls }): JsonObject[] => [
      { role: "user", content: question },
      {
        role: "assistant",
        content: answer,
        ...(calls.length === 0
          ? {}
          : {
              tool_calls: calls.map((call) => ({
                id: call.id,
                type: "function",
                function: { name: call.name, arguments: JSON.stringify(call.input) },
              })),
            }),
      },
      ...calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: call.name })),
    ]),
  );

  test("a conversation goes to Anthropic and back without loss", () => {
    fc.assert(
      fc.property(conversation, text, (messages, system) => {
        // After tool results the next question would join their turn, so that it is told apart only by order.
        const body = {
          model: "m",
          max_tokens: 5,
          messages: [{ role: "system", content: system }, ...messages],
        };
        const there = translateRequest({ from: "openai", to: "anthropic", body, strict: true });
        const back = translateRequest({ from: "anthropic", to: "openai", body: there.body, strict: true });
        expect(back.body).toEqual(body);
      }),
      { numRuns: 200 },
    );
  });

  test("any JSON is translated or refused with a typed error, never broken", () => {
    const anything = fc.dictionary(
      fc.constantFrom(
        "messages",
        "system",
        "tools",
        "tool_choice",
        "thinking",
        "response_format",
        "stop",
        "output_config",
        "metadata",
        "x",
      ),
      fc.oneof(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(fc.record({ role: fc.constantFrom("user", "assistant", "tool"), content: fc.jsonValue() })),
      ),
    );
    fc.assert(
      fc.property(anything, fc.boolean(), (body, fromOpenAi) => {
        const [from, to] = fromOpenAi
          ? (["openai", "anthropic"] as const)
          : (["anthropic", "openai"] as const);
        expect(outcomeOf(from, to, { ...body, model: "m" })).toMatch(/^(translated|ProvidersError 400)$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("answers", () => {
  const block = fc.oneof(
    fc.record({ type: fc.constant("thinking" as const), thinking: text, signature: id }),
    fc.record({ type: fc.constant("redacted_thinking" as const), data: id }),
    fc.record({ type: fc.constant("text" as const), text, citations: fc.constant(null) }),
    fc.record({ type: fc.constant("tool_use" as const), id, name: id, input }),
  );
  const order = ["thinking", "redacted_thinking", "text", "tool_use"];
  const message = fc
    .record({
      blocks: fc.array(block, { minLength: 1, maxLength: 6 }),
      usage: fc.tuple(count, count, count, count, count),
    })
    .map(({ blocks, usage }) => {
      const reasoning = blocks.filter((one) => one.type === "thinking" || one.type === "redacted_thinking");
      const rest = blocks
        .filter((one) => one.type === "text" || one.type === "tool_use")
        .toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
      // OpenAI's message holds one text.
      const texts = rest.filter((one) => one.type === "text").slice(0, 1);
      const calls = rest.filter((one) => one.type === "tool_use");
      return {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-opus-5",
        content: [...reasoning, ...texts, ...calls],
        stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
        stop_sequence: null,
        stop_details: null,
        usage: {
          input_tokens: usage[0],
          cache_read_input_tokens: usage[1],
          cache_creation_input_tokens: usage[2],
          cache_creation: null,
          output_tokens: usage[3] + usage[4],
          output_tokens_details: { thinking_tokens: usage[4] },
          server_tool_use: null,
          service_tier: null,
        },
      };
    });

  test("a message goes to OpenAI and back without loss", () => {
    fc.assert(
      fc.property(message, (body) => {
        const there = translateResponse({ from: "anthropic", to: "openai", body, model: "m", nowMs });
        const back = translateResponse({
          from: "openai",
          to: "anthropic",
          body: there.body,
          model: "m",
          nowMs,
        });
        expect(there.receipt).toEqual([]);
        expect(back.body).toEqual(body);
      }),
      { numRuns: 200 },
    );
  });

  /** The events in which Anthropic would have streamed a message. */
  function streamOf(
    body: { content: readonly JsonObject[]; stop_reason: string; usage: JsonObject } & JsonObject,
  ): string[] {
    const events: JsonObject[] = [
      { type: "message_start", message: { ...body, content: [], stop_reason: null } },
    ];
    for (const [index, one] of body.content.entries()) {
      const empty: JsonObject = { ...one };
      const deltas: JsonObject[] = [];
      if (one["type"] === "text") {
        empty["text"] = "";
        for (const piece of textOf(one["text"])) deltas.push({ type: "text_delta", text: piece });
      } else if (one["type"] === "thinking") {
        Object.assign(empty, { thinking: "", signature: "" });
        deltas.push(
          { type: "thinking_delta", thinking: one["thinking"] },
          { type: "signature_delta", signature: one["signature"] },
        );
      } else if (one["type"] === "tool_use") {
        empty["input"] = {};
        deltas.push({ type: "input_json_delta", partial_json: JSON.stringify(one["input"]) });
      }
      events.push({ type: "content_block_start", index, content_block: empty });
      for (const delta of deltas) events.push({ type: "content_block_delta", index, delta });
      events.push({ type: "content_block_stop", index });
    }
    events.push(
      {
        type: "message_delta",
        delta: { stop_reason: body.stop_reason, stop_sequence: null },
        usage: body.usage,
      },
      { type: "message_stop" },
    );
    return events.map((event) => JSON.stringify(event));
  }

  test("a streamed answer, cut anywhere, goes to OpenAI and back as the same events", () => {
    fc.assert(
      fc.property(message, fc.array(fc.nat({ max: 5000 }), { maxLength: 6 }), (body, cuts) => {
        const bytes = toSse("anthropic", streamOf(body));
        const edges = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].toSorted((a, b) => a - b);
        const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        const there = replay({ from: "anthropic", chunks });
        const back = replay({ from: "openai", chunks: [Buffer.from(there.text)] });
        const content: JsonObject[] = [];
        for (const payload of payloadsOf(back.text)) {
          if (payload["type"] === "content_block_start") content.push(objectOf(payload["content_block"]));
          const last = content.at(-1);
          const delta = objectOf(payload["delta"]);
          for (const field of ["text", "thinking", "signature", "partial_json"]) {
            if (last !== undefined && textOf(delta[field]) !== "")
              last[field] = textOf(last[field]) + textOf(delta[field]);
          }
        }
        const expected = body.content.map((one) =>
          "input" in one ? { ...one, input: {}, partial_json: JSON.stringify(one.input) } : one,
        );
        expect(content.map((one) => (one["type"] === "text" ? { ...one, citations: null } : one))).toEqual(
          expected,
        );
        expect(objectOf(payloadsOf(back.text).at(-2)?.["usage"])).toMatchObject({
          output_tokens: body.usage.output_tokens,
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("usage", () => {
  test("the two ways of counting name the same tokens", () => {
    fc.assert(
      fc.property(count, count, count, count, (fresh, read, written, output) => {
        const anthropic = {
          input_tokens: fresh,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: written,
          output_tokens: output,
        };
        const canonical = readAnthropicUsage(anthropic);
        const openAi = canonical === null ? {} : writeOpenAiUsage(canonical);
        expect(openAi).toMatchObject({
          prompt_tokens: fresh + read + written,
          total_tokens: fresh + read + written + output,
          prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
        });
        expect(writeAnthropicUsage(readOpenAiUsage(openAi), "")).toMatchObject(anthropic);
      }),
    );
  });
});

describe("the part sequencer", () => {
  test("never loses or reorders a part's own text, and never overlaps two parts", () => {
    const pieces = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.string({ minLength: 1, maxLength: 3 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pieces, (deltas) => {
        const sequencer = createPartSequencer(createReceiptBook());
        const out: SequencedEvent[] = [];
        const wanted = new Map<number, string>();
        // An open brace keeps every call unfinished, which is the hard case.
        for (const [part, piece] of deltas) {
          const delta = wanted.has(part) ? piece.replaceAll(/["{}[\]\\]/g, "-") : "{";
          if (!wanted.has(part))
            out.push(...sequencer.push({ type: "part-start", part, kind: "tool_call", id: "i", name: "n" }));
          out.push(...sequencer.push({ type: "part-delta", part, text: delta }));
          wanted.set(part, (wanted.get(part) ?? "") + delta);
        }
        out.push(...sequencer.flush());
        const heard = new Map<number, string>();
        const open: number[] = [];
        for (const event of out) {
          if (event.type === "part-start") open.push(event.part);
          if (event.type === "part-delta") heard.set(event.part, (heard.get(event.part) ?? "") + event.text);
          if (event.type === "part-end") open.splice(open.indexOf(event.part), 1);
          if (open.length > 1) throw new Error("Two parts are open at once.");
        }
        expect(open).toEqual([]);
        expect(new Map([...heard].toSorted())).toEqual(new Map([...wanted].toSorted()));
      }),
    );
  });
});

test("arrays of an answer stay arrays", () => {
  const body = { content: [], stop_reason: "end_turn", usage: {} };
  const { body: openAi } = translateResponse({
    from: "anthropic",
    to: "openai",
    body,
    model: "asked",
    nowMs,
  });
  expect(openAi).toMatchObject({ object: "chat.completion", model: "asked", created: nowMs / 1000 });
  expect(arrayOf(openAi["choices"])).toHaveLength(1);
});
