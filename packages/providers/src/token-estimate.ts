import type { JsonObject } from "./contract.ts";
import { arrayOf, isJsonObject } from "./json.ts";

/** Characters (code points) that count as one token. */
const charactersPerToken = 4;
/** What an image, a sound or a file counts as, whatever its size. */
const mediaTokens = 256;

/** Cuts a text into pieces of one simulated token each, never through a character. */
export function tokenPieces(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let characters = 0;
  for (const character of text) {
    piece += character;
    characters += 1;
    if (characters === charactersPerToken) {
      pieces.push(piece);
      piece = "";
      characters = 0;
    }
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}

/** Estimates a text's tokens as its characters divided by four, rounded up. */
export function estimateTextTokens(text: string): number {
  // Code points and UTF-16 units differ only where there are surrogates, which a quick check rules out.
  return Math.ceil((isMostlyBasic(text) ? text.length : [...text].length) / charactersPerToken);
}

function isMostlyBasic(text: string): boolean {
  return !/[\uD800-\uDFFF]/.test(text);
}

/** Estimates a request's input: all of its text, its tools as JSON, and a flat count for each medium. */
export function estimateInputTokens(body: JsonObject): number {
  let characters =
    countCharacters(body.system) + countCharacters(body.messages) + countCharacters(body.input);
  for (const tools of [body.tools, body.functions]) {
    if (tools !== undefined) characters += (JSON.stringify(tools) ?? "").length;
  }
  return Math.ceil(characters / charactersPerToken);
}

const mediaTypes: ReadonlySet<unknown> = new Set(["image_url", "input_audio", "file", "image", "document"]);

function countCharacters(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value === "number") return charactersPerToken;
  if (Array.isArray(value)) {
    let sum = 0;
    for (const item of arrayOf(value)) sum += countCharacters(item);
    return sum;
  }
  if (!isJsonObject(value)) return 0;
  if (mediaTypes.has(value.type)) return mediaTokens * charactersPerToken;
  let sum = 0;
  for (const [name, item] of Object.entries(value)) {
    if (name !== "role" && name !== "type" && name !== "id") sum += countCharacters(item);
  }
  return sum;
}
