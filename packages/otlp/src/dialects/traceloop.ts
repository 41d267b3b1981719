import { toolArguments, toolValue } from "@weir/providers";
import type { SpanKind } from "@weir/schema";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import { textMessage } from "../messages/part.ts";
import { addMetadataEntries, isModelRequest } from "./dialect.ts";
import type { Dialect } from "./dialect.ts";

/** What Traceloop's OpenLLMetry adds to the GenAI conventions. */
export const traceloop: Dialect = {
  name: "traceloop",
  speaks: (name) => name.startsWith("traceloop.") || name === "llm.request.type",
  read: readTraceloop,
};

const kinds: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries<SpanKind>({
    workflow: "workflow",
    task: "span",
    agent: "agent",
    tool: "tool",
  }),
);

const requestKinds: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries<SpanKind>({
    chat: "generation",
    completion: "generation",
    embedding: "embedding",
    rerank: "retrieval",
  }),
);

function readTraceloop(bag: AttributeBag, draft: SpanDraft): void {
  const requestType = bag.text("llm.request.type");
  const spanKind = bag.text("traceloop.span.kind");
  draft.kind ??= requestKinds.get(requestType) ?? kinds.get(spanKind) ?? null;
  if (draft.operation === "" && requestType !== "") {
    draft.operation = requestType === "embedding" ? "embeddings" : requestType;
  }
  if (bag.peek("llm.is_streaming") === true) draft.streamed = true;
  const prefix = "traceloop.association.properties.";
  draft.userId ||= bag.text(`${prefix}user_id`, `${prefix}userId`);
  draft.sessionId ||= bag.text(`${prefix}session_id`, `${prefix}sessionId`, `${prefix}thread_id`);
  addMetadataEntries(draft, bag.takePrefix(prefix));
  const prompt = bag.peekText("traceloop.prompt.key");
  if (prompt !== "") draft.versions.prompt ??= prompt;
  readEntity(bag, draft);
}

function readEntity(bag: AttributeBag, draft: SpanDraft): void {
  if (isModelRequest(draft.kind)) return;
  const input = bag.take("traceloop.entity.input");
  const output = bag.take("traceloop.entity.output");
  if (draft.kind === "tool") {
    const name = bag.peekText("traceloop.entity.name");
    if (input !== undefined && draft.input.length === 0) {
      draft.input = [
        { role: "assistant", parts: [{ type: "tool_call", id: "", name, arguments: toolArguments(input) }] },
      ];
    }
    if (output !== undefined && draft.output.length === 0) {
      draft.output = [
        { role: "tool", parts: [{ type: "tool_call_response", id: "", response: toolValue(output) }] },
      ];
    }
    return;
  }
  if (typeof input === "string" && draft.input.length === 0) draft.input = [textMessage("user", input)];
  if (typeof output === "string" && draft.output.length === 0)
    draft.output = [textMessage("assistant", output)];
}
