import type { JsonObject } from "../contract.ts";
import type { CanonicalRequest, CanonicalTool, Sourced, ToolChoice } from "../translate/canonical.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { structuredOutputTool } from "../translate/structured-output.ts";
import { hashUserId, looksPersonal } from "../translate/user-id.ts";
import { writeCacheControl, writeConversation } from "./content-writer.ts";
import { canGuarantee, describeMoved, fitSchema } from "./fit-schema.ts";
import type { AnthropicModelTraits } from "./model-traits.ts";
import { anthropicModelTraits } from "./model-traits.ts";
import { planOutput } from "./output-plan.ts";
import { planThinking } from "./thinking-plan.ts";

/** Anthropic's servers may cut a longer answer that is not streamed. */
const unstreamedOutputTokensMax = 20_000;

/** Writes a `POST /v1/messages` body. */
export function writeRequest(request: CanonicalRequest, book: ReceiptBook): JsonObject {
  const traits = anthropicModelTraits(request.model);
  const output = planOutput(request.outputFormat, traits, book);
  const tools = offeredTools(request, book);
  const choice = planToolChoice({ request, tools, forced: output.tool !== null, traits, book });
  const maxTokens = planMaxTokens(request, traits, book);
  const forced = choice !== null && (choice["type"] === "any" || choice["type"] === "tool");
  const thinking = planThinking({ request, traits, maxTokens, forcesTool: forced, book });
  const conversation = writeConversation(request.messages, output.instruction, book);
  const outputConfig = { ...thinking.outputConfig, ...output.outputConfig };
  const body: JsonObject = { model: request.model, max_tokens: maxTokens, ...conversation };
  if (request.stream) body["stream"] = true;
  writeSampling({ body, request, traits, thinks: thinking.thinks, book });
  writeStopSequences(body, request, book);
  if (thinking.thinking !== null) body["thinking"] = thinking.thinking;
  if (Object.keys(outputConfig).length > 0) body["output_config"] = outputConfig;
  const written = tools.map((tool) => writeTool(tool, traits, book));
  if (output.tool !== null) written.push(output.tool);
  if (written.length > 0) body["tools"] = written;
  if (choice !== null) body["tool_choice"] = choice;
  const { userId, serviceTier } = request.settings;
  if (userId !== undefined) body["metadata"] = { user_id: fitUserId(userId, book) };
  if (serviceTier !== undefined) {
    body["service_tier"] = serviceTier.value === "auto" ? "auto" : "standard_only";
  }
  for (const other of request.others) {
    book.dropped(other.path, "Anthropic's messages have nothing like it.");
  }
  return body;
}

/** Anthropic refuses longer ids of users. */
const userIdMax = 256;

function fitUserId(userId: Sourced<string>, book: ReceiptBook): string {
  const { value, path } = userId;
  if (value.length <= userIdMax && !looksPersonal(value)) return value;
  const reason =
    value.length > userIdMax
      ? `Anthropic takes ${userIdMax} characters`
      : "Anthropic refuses email addresses and phone numbers";
  book.rewritten(path, `${reason}; the id's SHA-256 was sent.`);
  return hashUserId(value);
}

function planMaxTokens(request: CanonicalRequest, traits: AnthropicModelTraits, book: ReceiptBook): number {
  if (request.settings.maxTokens !== undefined) return request.settings.maxTokens.value;
  const tokens = request.stream
    ? traits.outputTokensMax
    : Math.min(traits.outputTokensMax, unstreamedOutputTokensMax);
  book.emulated("max_tokens", `Anthropic requires it; ${tokens} was chosen for ${request.model}.`);
  return tokens;
}

function writeSampling(options: {
  body: JsonObject;
  request: CanonicalRequest;
  traits: AnthropicModelTraits;
  thinks: boolean;
  book: ReceiptBook;
}): void {
  const { body, request, traits, thinks, book } = options;
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty } = request.settings;
  for (const unknown of [seed, frequencyPenalty, presencePenalty]) {
    if (unknown !== undefined) book.dropped(unknown.path, "Anthropic's messages have nothing like it.");
  }
  if (traits.sampling === "none" || thinks) {
    const reason = thinks ? "does not take it while it thinks" : "does not take it";
    for (const setting of [temperature, topP, topK]) {
      // One is what every model uses when nothing is said.
      if (setting === undefined || (setting !== topK && setting.value === 1)) continue;
      book.dropped(setting.path, `${request.model} ${reason}.`);
    }
    return;
  }
  if (temperature !== undefined) {
    const value = Math.min(1, Math.max(0, temperature.value));
    if (value !== temperature.value) {
      book.rewritten(temperature.path, `Anthropic's temperature goes from 0 to 1; ${value} was sent.`);
    }
    body["temperature"] = value;
  }
  if (topP !== undefined) {
    if (temperature === undefined || traits.sampling === "all") body["top_p"] = topP.value;
    else if (topP.value !== 1)
      book.dropped(topP.path, `${request.model} takes temperature or top_p, not both.`);
  }
  if (topK !== undefined) body["top_k"] = topK.value;
}

function writeStopSequences(body: JsonObject, request: CanonicalRequest, book: ReceiptBook): void {
  const stop = request.settings.stopSequences;
  if (stop === undefined) return;
  const visible = stop.value.filter((sequence) => sequence.trim() !== "");
  if (visible.length < stop.value.length) {
    book.dropped(stop.path, "Anthropic takes no stop sequence of white space alone.");
  }
  if (visible.length > 0) body["stop_sequences"] = visible;
}

/** Anthropic cannot limit a choice to some tools, so only these are offered. */
function offeredTools(request: CanonicalRequest, book: ReceiptBook): CanonicalTool[] {
  const choice = request.toolChoice;
  if (choice?.type !== "allowed") return request.tools;
  book.emulated(choice.path, "Only the allowed tools were offered.");
  return request.tools.filter((tool) => choice.names.includes(tool.name));
}

function writeTool(tool: CanonicalTool, traits: AnthropicModelTraits, book: ReceiptBook): JsonObject {
  const isObjectSchema = tool.parameters["type"] === "object";
  const schema = isObjectSchema ? tool.parameters : { ...tool.parameters, type: "object" };
  return {
    name: tool.name,
    ...(tool.description === "" ? {} : { description: tool.description }),
    ...writeInputSchema({ schema, tool, traits, book }),
    ...writeCacheControl(tool),
  };
}

/** Without a guarantee Anthropic takes any schema, so only a guaranteed one has to be fitted. */
function writeInputSchema(options: {
  schema: JsonObject;
  tool: CanonicalTool;
  traits: AnthropicModelTraits;
  book: ReceiptBook;
}): JsonObject {
  const { schema, tool, traits, book } = options;
  if (tool.strict?.value !== true) return { input_schema: schema };
  if (!traits.structuredOutput) {
    book.dropped(tool.strict.path, "This model does not guarantee a tool's schema.");
    return { input_schema: schema };
  }
  if (!canGuarantee(schema)) {
    book.dropped(
      tool.strict.path,
      "Anthropic guarantees no schema with an open object, with itself inside, or with an allOf of references.",
    );
    return { input_schema: schema };
  }
  const { schema: fitted, moved } = fitSchema(schema);
  if (moved.length > 0) book.rewritten(tool.path, describeMoved(moved));
  return { input_schema: fitted, strict: true };
}

function planToolChoice(options: {
  request: CanonicalRequest;
  tools: readonly CanonicalTool[];
  /** The structured answer is a tool that has to be called. */
  forced: boolean;
  traits: AnthropicModelTraits;
  book: ReceiptBook;
}): JsonObject | null {
  const { request, tools, forced, traits, book } = options;
  const asked = request.toolChoice;
  const oneAtATime = request.parallelToolCalls?.value === false ? { disable_parallel_tool_use: true } : {};
  if (forced) {
    const offersOthers = tools.length > 0 && asked?.type !== "none";
    // Any call will do then: one of a caller's tool, or the one that is the answer.
    if (offersOthers && asked?.type !== "tool") return { type: "any", ...oneAtATime };
    if (!offersOthers) {
      return { type: "tool", name: structuredOutputTool, disable_parallel_tool_use: true };
    }
  }
  if (tools.length === 0) {
    if (asked !== null && (asked.type === "required" || asked.type === "tool")) {
      book.dropped(asked.path, "There is no tool left to choose.");
    }
    return null;
  }
  const forces = asked !== null && asked.type !== "auto" && asked.type !== "none" && !isAllowedAuto(asked);
  if (forces && !traits.forcedTools) {
    book.rewritten(asked.path, `${request.model} cannot be made to call a tool; it chooses itself.`);
    return { type: "auto", ...oneAtATime };
  }
  return writeToolChoice(asked, oneAtATime);
}

function isAllowedAuto(choice: ToolChoice): boolean {
  return choice.type === "allowed" && choice.mode === "auto";
}

function writeToolChoice(asked: ToolChoice | null, oneAtATime: JsonObject): JsonObject | null {
  if (asked === null) return Object.keys(oneAtATime).length === 0 ? null : { type: "auto", ...oneAtATime };
  switch (asked.type) {
    case "none":
      return { type: "none" };
    case "auto":
      return { type: "auto", ...oneAtATime };
    case "required":
      return { type: "any", ...oneAtATime };
    case "tool":
      return { type: "tool", name: asked.name, ...oneAtATime };
    case "allowed":
      return { type: asked.mode === "required" ? "any" : "auto", ...oneAtATime };
  }
}
