import type { JsonObject } from "../contract.ts";
import { invalidRequest } from "../errors.ts";
import type {
  CanonicalRequest,
  CanonicalTool,
  OutputFormat,
  ReasoningEffort,
  Sourced,
  ToolChoice,
} from "../translate/canonical.ts";
import { reasoningEfforts } from "../translate/canonical.ts";
import { arrayOf, isJsonObject, objectOf, textOf } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readCacheMark } from "./cache-mark.ts";
import { readMessages } from "./message-reader.ts";

type FieldReader = (request: CanonicalRequest, value: unknown, path: string, book: ReceiptBook) => void;

/** Reads a `POST /v1/chat/completions` body. */
export function readRequest(body: JsonObject, book: ReceiptBook): CanonicalRequest {
  const request: CanonicalRequest = {
    model: textOf(body["model"]),
    stream: body["stream"] === true,
    messages: readMessages(body["messages"], book),
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    outputFormat: null,
    reasoning: null,
    settings: {},
    others: [],
  };
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue;
    const reader = Object.hasOwn(fieldReaders, name) ? fieldReaders[name] : undefined;
    if (reader !== undefined) reader(request, value, name, book);
    else if (!saysNothing(name, value)) request.others.push({ value, path: name });
  }
  return request;
}

const readByOtherMeans: FieldReader = () => undefined;

const fieldReaders: Record<string, FieldReader> = {
  model: readByOtherMeans,
  messages: readByOtherMeans,
  stream: (_request, value, path) => {
    requireBoolean(value, path);
  },
  // Whether the caller sees usage is decided where its stream is written; padding has no counterpart to lose.
  stream_options: readByOtherMeans,
  tools: readTools,
  tool_choice: (request, value, path) => {
    request.toolChoice = readToolChoice(value, path);
  },
  parallel_tool_calls: (request, value, path) => {
    request.parallelToolCalls = { value: requireBoolean(value, path), path };
  },
  response_format: (request, value, path) => {
    request.outputFormat = readOutputFormat(value, path);
  },
  reasoning_effort: readReasoningEffort,
  max_tokens: (request, value, path) => {
    request.settings.maxTokens ??= readNumber(value, path);
  },
  max_completion_tokens: (request, value, path) => {
    request.settings.maxTokens = readNumber(value, path);
  },
  temperature: (request, value, path) => {
    request.settings.temperature = readNumber(value, path);
  },
  top_p: (request, value, path) => {
    request.settings.topP = readNumber(value, path);
  },
  top_k: (request, value, path) => {
    request.settings.topK = readNumber(value, path);
  },
  seed: (request, value, path) => {
    request.settings.seed = readNumber(value, path);
  },
  frequency_penalty: (request, value, path) => {
    if (value !== 0) request.settings.frequencyPenalty = readNumber(value, path);
  },
  presence_penalty: (request, value, path) => {
    if (value !== 0) request.settings.presencePenalty = readNumber(value, path);
  },
  stop: (request, value, path) => {
    request.settings.stopSequences = { value: readStop(value, path), path };
  },
  user: (request, value, path) => {
    displaceUser(request);
    request.settings.userId = readString(value, path);
  },
  safety_identifier: (request, value, path) => {
    if (request.settings.userId === undefined) request.settings.userId = readString(value, path);
    else request.others.push({ value, path });
  },
  service_tier: (request, value, path) => {
    if (value === "auto") request.settings.serviceTier = { value, path };
    else if (value === "default") request.settings.serviceTier = { value: "standard", path };
    else request.others.push({ value, path });
  },
};

/** `user` is the older and plainer of two fields for the same thing, so it wins. */
function displaceUser(request: CanonicalRequest): void {
  if (request.settings.userId !== undefined) request.others.push(request.settings.userId);
}

/** Values that ask for what happens anyway lose nothing when they are left out. */
function saysNothing(name: string, value: unknown): boolean {
  switch (name) {
    case "n":
      return value === 1;
    case "logprobs":
    case "store":
      return value === false;
    case "logit_bias":
    case "metadata":
      return isJsonObject(value) && Object.keys(value).length === 0;
    case "modalities":
      return Array.isArray(value) && value.every((modality) => modality === "text");
    default:
      return false;
  }
}

function requireBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw invalidRequest(path, "must be true or false.");
  return value;
}

function readNumber(value: unknown, path: string): Sourced<number> {
  if (typeof value !== "number") throw invalidRequest(path, "must be a number.");
  return { value, path };
}

function readString(value: unknown, path: string): Sourced<string> {
  if (typeof value !== "string") throw invalidRequest(path, "must be a string.");
  return { value, path };
}

function readStop(value: unknown, path: string): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value) && value.every((stop) => typeof stop === "string")) return value;
  throw invalidRequest(path, "must be a string or an array of strings.");
}

function readReasoningEffort(request: CanonicalRequest, value: unknown, path: string): void {
  if (value === "none") {
    request.reasoning = { mode: "off", effort: null, budgetTokens: null, path };
    return;
  }
  const effort = reasoningEfforts.find((known) => known === value);
  if (effort === undefined) {
    throw invalidRequest(path, `must be one of none, ${reasoningEfforts.join(", ")}.`);
  }
  const sourced: Sourced<ReasoningEffort> = { value: effort, path };
  request.reasoning = { mode: "on", effort: sourced, budgetTokens: null, path };
}

function readTools(request: CanonicalRequest, value: unknown, path: string, book: ReceiptBook): void {
  if (!Array.isArray(value)) throw invalidRequest(path, "must be an array of tools.");
  for (const [index, tool] of value.entries()) {
    const toolPath = `${path}[${index}]`;
    if (!isJsonObject(tool)) throw invalidRequest(toolPath, "must be an object.");
    if (tool["type"] !== "function" && tool["type"] !== undefined) {
      request.others.push({ value: tool, path: toolPath });
      continue;
    }
    request.tools.push(readFunctionTool(tool, toolPath, book));
  }
}

function readFunctionTool(tool: JsonObject, path: string, book: ReceiptBook): CanonicalTool {
  const definition = tool["function"];
  if (!isJsonObject(definition)) throw invalidRequest(`${path}.function`, "must be an object with a name.");
  const name = textOf(definition["name"]);
  if (name === "") throw invalidRequest(`${path}.function.name`, "must be the function's name.");
  const parameters = definition["parameters"];
  if (parameters !== undefined && parameters !== null && !isJsonObject(parameters)) {
    throw invalidRequest(`${path}.function.parameters`, "must be a JSON Schema object.");
  }
  const cache = readCacheMark(tool, path, book);
  return {
    name,
    description: textOf(definition["description"]),
    parameters: isJsonObject(parameters) ? parameters : { type: "object", properties: {} },
    strict:
      typeof definition["strict"] === "boolean"
        ? { value: definition["strict"], path: `${path}.function.strict` }
        : null,
    path,
    ...(cache === null ? {} : { cache }),
  };
}

function readToolChoice(value: unknown, path: string): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return { type: value, path };
  const choice = objectOf(value);
  if (choice["type"] === "function") {
    const name = textOf(objectOf(choice["function"])["name"]);
    if (name === "") throw invalidRequest(`${path}.function.name`, "must be a tool's name.");
    return { type: "tool", name, path };
  }
  if (choice["type"] === "allowed_tools") {
    const allowed = objectOf(choice["allowed_tools"]);
    const names = arrayOf(allowed["tools"])
      .map((tool) => textOf(objectOf(objectOf(tool)["function"])["name"]))
      .filter((name) => name !== "");
    return { type: "allowed", mode: allowed["mode"] === "required" ? "required" : "auto", names, path };
  }
  throw invalidRequest(
    path,
    'must be "auto", "none", "required" or { type: "function", function: { name } }.',
  );
}

function readOutputFormat(value: unknown, path: string): OutputFormat | null {
  const format = objectOf(value);
  switch (format["type"]) {
    case "text":
      return null;
    case "json_object":
      return { type: "json_object", path };
    case "json_schema": {
      const definition = objectOf(format["json_schema"]);
      const schema = definition["schema"] ?? {};
      if (!isJsonObject(schema))
        throw invalidRequest(`${path}.json_schema.schema`, "must be a JSON Schema object.");
      return {
        type: "json_schema",
        name: textOf(definition["name"]),
        description: textOf(definition["description"]),
        schema,
        strict: definition["strict"] === true,
        path,
      };
    }
    default:
      throw invalidRequest(`${path}.type`, 'must be "text", "json_object" or "json_schema".');
  }
}
