import type { Scene } from "./upstream.ts";

const model = "claude-sonnet-4-5-20250929";
const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 8,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 12,
  service_tier: "standard",
};

type Block =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use"; id: string; name: string; input: Record<string, unknown> };

function describePictures(body: Record<string, unknown>): string {
  const found =
    JSON.stringify(body["messages"] ?? []).match(
      /"media_type":"(image\/[a-z]+)","data":"([^"]+)"|"data":"([^"]+)","media_type":"(image\/[a-z]+)"/g,
    ) ?? [];
  return found.map((one) => /image\/[a-z]+/.exec(one)?.[0] ?? "").join(", ");
}

/** How a forced tool or an output format asks for JSON: the answer comes in the form that was asked for. */
function jsonBlock(body: Record<string, unknown>): Block {
  const value = { city: "Paris", population: 2_102_650 };
  const choice = body["tool_choice"];
  const forced = typeof choice === "object" && choice !== null ? Reflect.get(choice, "name") : undefined;
  return typeof forced === "string"
    ? { type: "tool_use", id: "toolu_json", name: forced, input: value }
    : { type: "text", text: JSON.stringify(value) };
}

function blocksOf(scene: Scene, body: Record<string, unknown>): Block[] {
  switch (scene) {
    case "weather":
      return ["Paris", "Berlin"].map((city, index) => ({
        type: "tool_use",
        id: `toolu_${index + 1}`,
        name: "get_weather",
        input: { city },
      }));
    case "json":
      return [jsonBlock(body)];
    case "think":
      return [
        { type: "thinking", thinking: "Let me add the numbers.", signature: "c2lnbmF0dXJl" },
        { type: "text", text: "It is 42." },
      ];
    case "picture":
      return [{ type: "text", text: `I see ${describePictures(body)}.` }];
    case "thanks":
      return [{ type: "text", text: "Sunny in Paris, rain in Berlin." }];
    case "hello":
    case "fail":
    case "break":
    case "slow":
      return [{ type: "text", text: "Hello there, friend." }];
  }
}

const stopReason = (blocks: Block[]) =>
  blocks.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn";

export function anthropicAnswer(scene: Scene, body: Record<string, unknown>): unknown {
  const content = blocksOf(scene, body);
  return {
    id: "msg_test",
    type: "message",
    role: "assistant",
    model,
    content,
    stop_reason: stopReason(content),
    stop_sequence: null,
    usage,
  };
}

function pieces(text: string): string[] {
  return text.match(/.{1,7}/gs) ?? [];
}

function deltasOf(block: Block): { start: unknown; deltas: unknown[] } {
  switch (block.type) {
    case "text":
      return {
        start: { type: "text", text: "" },
        deltas: pieces(block.text).map((text) => ({ type: "text_delta", text })),
      };
    case "thinking":
      return {
        start: { type: "thinking", thinking: "", signature: "" },
        deltas: [
          ...pieces(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
          { type: "signature_delta", signature: block.signature },
        ],
      };
    case "tool_use":
      return {
        start: { type: "tool_use", id: block.id, name: block.name, input: {} },
        deltas: pieces(JSON.stringify(block.input)).map((part) => ({
          type: "input_json_delta",
          partial_json: part,
        })),
      };
  }
}

export function anthropicEvents(scene: Scene, body: Record<string, unknown>): string[] {
  const content = blocksOf(scene, body);
  const event = (type: string, fields: Record<string, unknown>) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  return [
    event("message_start", {
      message: {
        id: "msg_test",
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    }),
    ...content.flatMap((block, index) => {
      const { start, deltas } = deltasOf(block);
      return [
        event("content_block_start", { index, content_block: start }),
        ...deltas.map((delta) => event("content_block_delta", { index, delta })),
        event("content_block_stop", { index }),
      ];
    }),
    event("message_delta", {
      delta: { stop_reason: stopReason(content), stop_sequence: null },
      usage: { output_tokens: 12 },
    }),
    event("message_stop", {}),
  ];
}
