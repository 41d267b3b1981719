import type { JsonObject } from "../contract.ts";
import type {
  CanonicalRequest,
  OutputFormat,
  ReasoningEffort,
  Sourced,
  ToolChoice,
} from "../translate/canonical.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { isStrictSchema } from "../translate/structured-output.ts";
import { hashUserId } from "../translate/user-id.ts";
import { writeMessages } from "./message-writer.ts";
import type { OpenAiModelTraits } from "./model-traits.ts";
import { openAiModelTraits } from "./model-traits.ts";

/** OpenAI takes at most four. */
const stopSequencesMax = 4;
/** OpenAI refuses longer ids of users. */
const userIdMax = 64;

/** Writes a `POST /v1/chat/completions` body. */
export function writeRequest(request: CanonicalRequest, book: ReceiptBook): JsonObject {
  const traits = openAiModelTraits(request.model);
  const body: JsonObject = {
    model: request.model,
    messages: writeMessages(request.messages, traits, book),
  };
  if (request.stream) {
    body["stream"] = true;
    // Other protocols always report usage in streams, and OpenAI does only when it is asked.
    body["stream_options"] = { include_usage: true };
  }
  writeSampling(body, request, traits, book);
  writeReasoning(body, request, traits, book);
  writeTools(body, request, book);
  if (request.outputFormat !== null) {
    body["response_format"] = writeOutputFormat(request.outputFormat, book);
  }
  for (const other of request.others) {
    book.dropped(other.path, "OpenAI's chat completions have nothing like it.");
  }
  return body;
}

function writeSampling(
  body: JsonObject,
  request: CanonicalRequest,
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): void {
  const { settings } = request;
  if (settings.maxTokens !== undefined) body[traits.maxTokensField] = settings.maxTokens.value;
  const sampled = [
    ["temperature", settings.temperature],
    ["top_p", settings.topP],
    ["frequency_penalty", settings.frequencyPenalty],
    ["presence_penalty", settings.presencePenalty],
  ] as const;
  for (const [name, setting] of sampled) {
    if (setting === undefined) continue;
    if (!traits.fixedSampling) body[name] = setting.value;
    // One is what these models use anyway.
    else if (setting.value !== 1) {
      book.dropped(setting.path, `${request.model} reasons and does not take ${name}.`);
    }
  }
  if (settings.topK !== undefined) {
    if (traits.isOpenAi) book.dropped(settings.topK.path, "OpenAI's models have no top_k.");
    else body["top_k"] = settings.topK.value;
  }
  if (settings.seed !== undefined) body["seed"] = settings.seed.value;
  if (settings.userId !== undefined) body["user"] = fitUserId(settings.userId, traits, book);
  if (settings.serviceTier !== undefined) {
    if (traits.isOpenAi) {
      body["service_tier"] = settings.serviceTier.value === "auto" ? "auto" : "default";
    } else book.dropped(settings.serviceTier.path, "Only OpenAI itself has service tiers.");
  }
  writeStopSequences(body, request, traits, book);
}

function fitUserId(userId: Sourced<string>, traits: OpenAiModelTraits, book: ReceiptBook): string {
  const { value, path } = userId;
  if (value.length <= userIdMax || !traits.isOpenAi) return value;
  book.rewritten(path, `OpenAI takes ${userIdMax} characters; the id's SHA-256 was sent.`);
  return hashUserId(value);
}

function writeStopSequences(
  body: JsonObject,
  request: CanonicalRequest,
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): void {
  const stop = request.settings.stopSequences;
  if (stop === undefined || stop.value.length === 0) return;
  if (traits.fixedSampling) {
    book.dropped(stop.path, `${request.model} reasons and does not take stop sequences.`);
    return;
  }
  if (stop.value.length > stopSequencesMax && traits.isOpenAi) {
    book.rewritten(stop.path, `OpenAI takes ${stopSequencesMax} stop sequences; the others were left out.`);
    body["stop"] = stop.value.slice(0, stopSequencesMax);
  } else body["stop"] = stop.value;
}

function writeReasoning(
  body: JsonObject,
  request: CanonicalRequest,
  traits: OpenAiModelTraits,
  book: ReceiptBook,
): void {
  const wish = request.reasoning;
  if (wish === null) return;
  if (!traits.takesEffort) {
    // A model that does not reason already does what "off" asks for.
    if (wish.mode !== "off") {
      book.dropped(
        wish.effort?.path ?? wish.path,
        `${request.model} is not known to take a reasoning effort.`,
      );
    }
    return;
  }
  if (wish.mode === "off") {
    body["reasoning_effort"] = traits.leastEffort;
    if (traits.leastEffort !== "none") {
      book.rewritten(wish.path, `${request.model} cannot stop reasoning; its least effort was asked for.`);
    }
    return;
  }
  if (wish.effort !== null) {
    body["reasoning_effort"] = wish.effort.value;
    if (wish.budgetTokens !== null) {
      book.dropped(wish.path, "OpenAI has no budget for reasoning; the effort was kept.");
    }
  } else if (wish.budgetTokens !== null) {
    const effort = effortForBudget(wish.budgetTokens);
    body["reasoning_effort"] = effort;
    book.rewritten(wish.path, `OpenAI has no budget for reasoning; it became reasoning_effort "${effort}".`);
  } else if (traits.leastEffort === "none") {
    body["reasoning_effort"] = "medium";
    book.emulated(
      wish.path,
      `${request.model} reasons only when it is asked for an effort; "medium" was chosen.`,
    );
  }
}

function effortForBudget(tokens: number): ReasoningEffort {
  if (tokens <= 2048) return "low";
  return tokens <= 10_000 ? "medium" : "high";
}

function writeTools(body: JsonObject, request: CanonicalRequest, book: ReceiptBook): void {
  if (request.tools.length > 0) {
    body["tools"] = request.tools.map((tool) => {
      if (tool.cache !== undefined)
        book.dropped(tool.cache.path, "OpenAI caches prompts without marks on tools.");
      return {
        type: "function",
        function: {
          name: tool.name,
          ...(tool.description === "" ? {} : { description: tool.description }),
          parameters: tool.parameters,
          ...(tool.strict === null ? {} : { strict: tool.strict.value }),
        },
      };
    });
  }
  const choice = request.toolChoice;
  if (choice !== null && request.tools.length > 0) body["tool_choice"] = writeToolChoice(choice);
  else if (choice !== null && choice.type !== "none" && choice.type !== "auto") {
    book.dropped(choice.path, "There is no tool left to choose.");
  }
  if (request.parallelToolCalls !== null && request.tools.length > 0) {
    body["parallel_tool_calls"] = request.parallelToolCalls.value;
  }
}

function writeToolChoice(choice: ToolChoice): unknown {
  switch (choice.type) {
    case "tool":
      return { type: "function", function: { name: choice.name } };
    case "allowed":
      return {
        type: "allowed_tools",
        allowed_tools: {
          mode: choice.mode,
          tools: choice.names.map((name) => ({ type: "function", function: { name } })),
        },
      };
    default:
      return choice.type;
  }
}

function writeOutputFormat(format: OutputFormat, book: ReceiptBook): JsonObject {
  if (format.type === "json_object") return { type: "json_object" };
  const strict = format.strict && isStrictSchema(format.schema);
  if (format.strict && !strict) {
    book.rewritten(
      format.path,
      "OpenAI guarantees a schema only when every object is closed and every property required; it was sent without the guarantee.",
    );
  }
  return {
    type: "json_schema",
    json_schema: {
      name: format.name === "" ? "answer" : format.name,
      ...(format.description === "" ? {} : { description: format.description }),
      schema: format.schema,
      strict,
    },
  };
}
