import { isRecord } from "../json/json-value.ts";

/** What one event of a model's stream says, in a few words, so that a stream can be read down its side. */
export interface EventGist {
  /** `text`, `reasoning`, `tool`, `usage`, `stop`, `error`, or `other`. */
  kind: "text" | "reasoning" | "tool" | "usage" | "stop" | "error" | "other";
  /** The protocol's own name for it. */
  label: string;
  /** The piece of content it carries, as sent. */
  piece: string;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function openAiGist(body: Record<string, unknown>): EventGist | null {
  const choice: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!isRecord(choice)) {
    if (!Array.isArray(body.choices)) return null;
    return isRecord(body.usage)
      ? { kind: "usage", label: "usage", piece: JSON.stringify(body.usage) }
      : { kind: "other", label: "empty choices", piece: "" };
  }
  const delta = isRecord(choice.delta) ? choice.delta : {};
  const content = textOf(delta.content);
  if (content !== "") return { kind: "text", label: "content", piece: content };
  const reasoning = textOf(delta.reasoning_content) || textOf(delta.reasoning);
  if (reasoning !== "") return { kind: "reasoning", label: "reasoning", piece: reasoning };
  const call: unknown = Array.isArray(delta.tool_calls) ? delta.tool_calls[0] : undefined;
  if (isRecord(call) && isRecord(call.function)) {
    const name = textOf(call.function.name);
    return {
      kind: "tool",
      label: name === "" ? "arguments" : `tool ${name}`,
      piece: textOf(call.function.arguments),
    };
  }
  const finish = textOf(choice.finish_reason);
  if (finish !== "") return { kind: "stop", label: "finish", piece: finish };
  return {
    kind: "other",
    label: textOf(delta.role) === "" ? "empty delta" : "role",
    piece: textOf(delta.role),
  };
}

function anthropicDeltaGist(delta: Record<string, unknown>): EventGist {
  const label = textOf(delta.type);
  if (label === "text_delta") return { kind: "text", label, piece: textOf(delta.text) };
  if (label === "thinking_delta") return { kind: "reasoning", label, piece: textOf(delta.thinking) };
  if (label === "input_json_delta") return { kind: "tool", label, piece: textOf(delta.partial_json) };
  return { kind: "other", label, piece: "" };
}

function anthropicGist(body: Record<string, unknown>): EventGist | null {
  const label = textOf(body.type);
  if (label === "content_block_delta" && isRecord(body.delta)) return anthropicDeltaGist(body.delta);
  if (label === "content_block_start" && isRecord(body.content_block)) {
    const type = textOf(body.content_block.type);
    return {
      kind: type.includes("tool") ? "tool" : "other",
      label,
      piece: [type, textOf(body.content_block.name)].filter(Boolean).join(" "),
    };
  }
  if (label === "message_delta" && isRecord(body.delta)) {
    return { kind: "stop", label, piece: textOf(body.delta.stop_reason) };
  }
  return label === "" ? null : { kind: label === "message_stop" ? "stop" : "other", label, piece: "" };
}

/** Reads the gist of an event's data; what is no JSON of a known shape is shown as it stands. */
export function gistOfEvent(data: string): EventGist {
  if (data.trim() === "[DONE]") return { kind: "stop", label: "done", piece: "[DONE]" };
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    // A cut or foreign event is still worth reading: it is shown as text.
    return { kind: "other", label: "text", piece: data };
  }
  if (!isRecord(body)) return { kind: "other", label: "value", piece: data };
  if (isRecord(body.error)) {
    return { kind: "error", label: textOf(body.error.type) || "error", piece: textOf(body.error.message) };
  }
  return (
    openAiGist(body) ?? anthropicGist(body) ?? { kind: "other", label: "JSON", piece: data.slice(0, 200) }
  );
}
