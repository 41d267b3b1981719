import type { JsonObject } from "../contract.ts";
import { invalidRequest } from "../errors.ts";
import type { CanonicalRequest, ReasoningWish, Sourced } from "../translate/canonical.ts";
import { reasoningEfforts } from "../translate/canonical.ts";
import { isJsonObject, objectOf, textOf } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { readCacheMark, readMessages, readSystem } from "./content-reader.ts";

type FieldReader = (request: CanonicalRequest, value: unknown, path: string) => void;

/** Reads a `POST /v1/messages` body. */
export function readRequest(body: JsonObject, book: ReceiptBook): CanonicalRequest {
  const request: CanonicalRequest = {
    model: textOf(body["model"]),
    stream: body["stream"] === true,
    messages: [...readSystem(body["system"]), ...readMessages(body["messages"], book)],
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
    if (reader !== undefined) reader(request, value, name);
    else if (!saysNothing(name, value)) request.others.push({ value, path: name });
  }
  return request;
}

const readByOtherMeans: FieldReader = () => undefined;

const fieldReaders: Record<string, FieldReader> = {
  model: readByOtherMeans,
  messages: readByOtherMeans,
  system: readByOtherMeans,
  stream: requireBoolean,
  tools: readTools,
  tool_choice: readToolChoice,
  thinking: readThinking,
  output_config: readOutputConfig,
  // The name that structured output had while it was in beta.
  output_format: readFormat,
  max_tokens: (request, value, path) => {
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
  stop_sequences: (request, value, path) => {
    if (!Array.isArray(value) || !value.every((stop) => typeof stop === "string")) {
      throw invalidRequest(path, "must be an array of strings.");
    }
    request.settings.stopSequences = { value, path };
  },
  metadata: readMetadata,
  service_tier: (request, value, path) => {
    request.settings.serviceTier = { value: value === "standard_only" ? "standard" : "auto", path };
  },
};

/** Values that ask for what happens anyway lose nothing when they are left out. */
function saysNothing(name: string, value: unknown): boolean {
  if (name === "speed") return value === "standard";
  return (name === "mcp_servers" || name === "betas") && Array.isArray(value) && value.length === 0;
}

function requireBoolean(_request: CanonicalRequest, value: unknown, path: string): void {
  if (typeof value !== "boolean") throw invalidRequest(path, "must be true or false.");
}

function readNumber(value: unknown, path: string): Sourced<number> {
  if (typeof value !== "number") throw invalidRequest(path, "must be a number.");
  return { value, path };
}

function readMetadata(request: CanonicalRequest, value: unknown, path: string): void {
  for (const [name, entry] of Object.entries(objectOf(value))) {
    if (entry === null || entry === undefined) continue;
    const entryPath = `${path}.${name}`;
    if (name === "user_id" && typeof entry === "string") {
      request.settings.userId = { value: entry, path: entryPath };
    } else request.others.push({ value: entry, path: entryPath });
  }
}

/** Reasoning is asked for in two places, and they may come in any order. */
function reasoningWish(request: CanonicalRequest, path: string): ReasoningWish {
  request.reasoning ??= { mode: "unset", effort: null, budgetTokens: null, path };
  return request.reasoning;
}

function readThinking(request: CanonicalRequest, value: unknown, path: string): void {
  const thinking = objectOf(value);
  const wish = reasoningWish(request, path);
  wish.path = path;
  wish.mode = thinking["type"] === "disabled" ? "off" : "on";
  if (typeof thinking["budget_tokens"] === "number" && wish.mode === "on") {
    wish.budgetTokens = thinking["budget_tokens"];
    wish.path = `${path}.budget_tokens`;
  }
  const display = thinking["display"];
  if (display !== undefined && display !== null)
    request.others.push({ value: display, path: `${path}.display` });
}

function readOutputConfig(request: CanonicalRequest, value: unknown, path: string): void {
  for (const [name, entry] of Object.entries(objectOf(value))) {
    if (entry === null || entry === undefined) continue;
    const entryPath = `${path}.${name}`;
    const effort = reasoningEfforts.find((known) => known === entry);
    if (name === "format") readFormat(request, entry, entryPath);
    else if (name === "effort" && effort !== undefined) {
      reasoningWish(request, entryPath).effort = { value: effort, path: entryPath };
    } else request.others.push({ value: entry, path: entryPath });
  }
}

function readFormat(request: CanonicalRequest, value: unknown, path: string): void {
  const format = objectOf(value);
  if (format["type"] !== "json_schema" || !isJsonObject(format["schema"])) {
    throw invalidRequest(path, 'must be { type: "json_schema", schema }.');
  }
  // Anthropic always keeps to the schema, which OpenAI calls strict.
  const { schema } = format;
  request.outputFormat = { type: "json_schema", name: "", description: "", schema, strict: true, path };
}

/** Fields of a tool that only say how Anthropic shall treat it, without changing what it is. */
const silentToolFields = new Set([
  "name",
  "description",
  "input_schema",
  "type",
  "strict",
  "cache_control",
  "eager_input_streaming",
]);

function readTools(request: CanonicalRequest, value: unknown, path: string): void {
  if (!Array.isArray(value)) throw invalidRequest(path, "must be an array of tools.");
  for (const [index, tool] of value.entries()) {
    const toolPath = `${path}[${index}]`;
    if (!isJsonObject(tool)) throw invalidRequest(toolPath, "must be an object.");
    const type = tool["type"] ?? "custom";
    // Every other type is a tool that Anthropic defines or runs itself.
    if (type !== "custom") request.others.push({ value: tool, path: toolPath });
    else readCustomTool(request, tool, toolPath);
  }
}

function readCustomTool(request: CanonicalRequest, tool: JsonObject, path: string): void {
  const name = textOf(tool["name"]);
  if (name === "") throw invalidRequest(`${path}.name`, "must be the tool's name.");
  const schema = tool["input_schema"];
  if (!isJsonObject(schema)) throw invalidRequest(`${path}.input_schema`, "must be a JSON Schema object.");
  for (const [field, entry] of Object.entries(tool)) {
    if (!silentToolFields.has(field) && entry !== null && entry !== undefined) {
      request.others.push({ value: entry, path: `${path}.${field}` });
    }
  }
  request.tools.push({
    name,
    description: textOf(tool["description"]),
    parameters: schema,
    strict: typeof tool["strict"] === "boolean" ? { value: tool["strict"], path: `${path}.strict` } : null,
    path,
    ...readCacheMark(tool, path),
  });
}

function readToolChoice(request: CanonicalRequest, value: unknown, path: string): void {
  const choice = objectOf(value);
  const disable = choice["disable_parallel_tool_use"];
  if (typeof disable === "boolean") {
    request.parallelToolCalls = { value: !disable, path: `${path}.disable_parallel_tool_use` };
  }
  switch (choice["type"]) {
    case "auto":
    case "none":
      request.toolChoice = { type: choice["type"], path };
      return;
    case "any":
      request.toolChoice = { type: "required", path };
      return;
    case "tool":
      request.toolChoice = { type: "tool", name: textOf(choice["name"]), path };
      return;
    default:
      throw invalidRequest(`${path}.type`, "must be auto, any, tool or none.");
  }
}
