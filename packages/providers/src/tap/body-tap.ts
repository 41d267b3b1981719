import type { Operation, ResponseFacts, ResponseTap, WireProtocol } from "../contract.ts";
import { isJsonObject, parseJson } from "../json.ts";
import { usageFromOpenAi } from "../usage/openai.ts";
import { emptyFacts } from "./facts.ts";
import { describeVectors, factsOfBody } from "./whole-body.ts";

/** Chunks after which a body that seems to have ended is parsed to see whether it has. */
const parseAttemptsMax = 8;
/** Embeddings of this size are skimmed: parsing megabytes of numbers would hold up every other call. */
const skimFromBytes = 128 * 1024;
const tailBytes = 2048;

/** Keeps a JSON body's chunks until they are whole. */
export class BodyTap implements ResponseTap {
  ended = false;
  readonly #kind: { protocol: WireProtocol; operation: Operation };
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #attempts = 0;
  #facts: ResponseFacts | null = null;

  constructor(kind: { protocol: WireProtocol; operation: Operation }) {
    this.#kind = kind;
  }

  push(chunk: Uint8Array, _atMs: number): void {
    if (chunk.length === 0 || this.ended) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (!closesJson(chunk) || this.#attempts >= parseAttemptsMax) return;
    this.#attempts += 1;
    this.#read();
  }

  finish(): ResponseFacts {
    if (this.#facts === null) this.#read();
    return this.#facts ?? emptyFacts();
  }

  #read(): void {
    const first = this.#chunks[0];
    if (first === undefined) return;
    const bytes =
      this.#chunks.length === 1
        ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
        : Buffer.concat(this.#chunks, this.#bytes);
    const skims = this.#kind.operation === "embeddings" && bytes.length >= skimFromBytes;
    const skimmed = skims ? skimEmbeddings(bytes) : null;
    if (skimmed !== null) {
      this.#facts = skimmed;
      this.ended = true;
      return;
    }
    const facts = factsOfBody(bytes.toString("utf8"), this.#kind);
    if (facts === null) return;
    this.#facts = facts;
    this.ended = true;
  }
}

function closesJson(chunk: Uint8Array): boolean {
  for (let position = chunk.length - 1; position >= 0; position -= 1) {
    const byte = chunk[position];
    if (byte === undefined || byte > 32) return byte === 125 || byte === 93;
  }
  return false;
}

/**
 * Reads a large embeddings body from its ends: the vectors come first, the model and the usage after them.
 * Null when the body is not laid out so; it is then parsed as a whole.
 */
function skimEmbeddings(bytes: Buffer): ResponseFacts | null {
  const dataEnd = bytes.lastIndexOf("]");
  const tailStart = Math.max(dataEnd + 1, bytes.length - tailBytes);
  const tail = parseJson(`{"_":0${bytes.toString("utf8", tailStart)}`);
  if (!isJsonObject(tail) || !isJsonObject(tail.usage)) return null;
  const facts = emptyFacts();
  facts.complete = true;
  facts.modelAnswered = typeof tail.model === "string" ? tail.model : "";
  facts.usage = usageFromOpenAi(tail.usage);
  facts.outputPreview = describeVectors(countVectors(bytes), firstVector(bytes));
  return facts;
}

function countVectors(bytes: Buffer): number {
  const key = '"embedding"';
  let count = 0;
  // `"object": "embedding"` holds the same text, so only a key, which a colon follows, is counted.
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + key.length)) {
    let next = at + key.length;
    while (bytes[next] === 32 || bytes[next] === 10) next += 1;
    if (bytes[next] === 58) count += 1;
  }
  return count;
}

function firstVector(bytes: Buffer): unknown {
  const start = bytes.indexOf("[", bytes.indexOf('"data"') + 7);
  const open = bytes.indexOf("[", start + 1);
  const close = bytes.indexOf("]", open);
  if (start === -1 || open === -1 || close === -1) return undefined;
  return parseJson(bytes.toString("utf8", open, close + 1));
}
