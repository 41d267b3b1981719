import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { createResponseTap, type JsonObject, type ResponseFacts } from "@weir/providers";
import type { Call } from "../call.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import { createRawKeeper } from "../record/raw-text.ts";
import { settleCall, type Outcome } from "../record/settle.ts";
import type { Answer, AnswerHead } from "./answer-sink.ts";
import type { AnswerTranslation } from "./answer-translation.ts";
import { BackPressure } from "./back-pressure.ts";
import { hintHeaders, modelHint } from "./model-hint.ts";
import { ownHeaders, passedHeaders } from "./response-headers.ts";
import { failCall, runGuarded } from "./send-error.ts";

const nothing = Buffer.alloc(0);
const joinedWriteMaxBytes = 64 * 1024;

const unpackers = new Map([
  ["gzip", gunzipSync],
  ["br", brotliDecompressSync],
  ["deflate", inflateSync],
]);

/**
 * Hands a body on whole. It is collected while it is of ordinary size, so that one that breaks off is a real
 * HTTP error; a larger one flows, its last chunk held back until the call is on record.
 */
export class WholeAnswer implements Answer {
  readonly #call: Call;
  readonly #head: AnswerHead;
  readonly #maxBytes: number;
  readonly #flowFromBytes: number;
  readonly #pressure: BackPressure;
  /** Null once the body has become too large to be kept. */
  #kept: Buffer[] | null = [];
  #held: Buffer | null = null;
  #size = 0;

  constructor(call: Call, head: AnswerHead) {
    const { limits } = call.gate.ports;
    this.#call = call;
    this.#head = head;
    this.#maxBytes = limits.recordedResponseMaxBytes;
    this.#flowFromBytes = call.translation === null ? limits.rawResponseMaxBytes : Infinity;
    this.#pressure = new BackPressure(call);
  }

  data(chunk: Buffer): void {
    const flowing = this.#held;
    this.#size += chunk.length;
    this.#kept?.push(chunk);
    if (this.#size > this.#maxBytes) {
      if (this.#call.translation !== null) {
        this.#call.upstream?.abort();
        this.#refuseSize();
        return;
      }
      this.#startFlow();
      this.#kept = null;
    }
    if (flowing !== null) {
      this.#pressure.write(flowing);
      this.#held = chunk;
    } else if (this.#size > this.#flowFromBytes) this.#startFlow();
  }

  end(): void {
    const call = this.#call;
    if (call.settled) return;
    const body = this.#kept === null ? null : this.#joined(this.#kept);
    if (this.#size === 0 && this.#head.status < 300) {
      failCall(call, gatewayErrors.upstreamEmpty(this.#provider()));
      return;
    }
    if (call.translation === null) this.#pass(body);
    else this.#translate(call.translation, body ?? nothing);
  }

  fail(error: GatewayError): void {
    const call = this.#call;
    this.#pressure.stop();
    if (!call.res.headersSent) {
      failCall(call, error);
      return;
    }
    this.#settle(error, null);
    call.res.destroy();
  }

  abandon(): ResponseFacts | null {
    this.#pressure.stop();
    return null;
  }

  #provider(): string {
    return this.#call.resolution?.provider.name ?? "";
  }

  #refuseSize(): void {
    const { maxBytes, provider } = { maxBytes: this.#maxBytes, provider: this.#provider() };
    failCall(this.#call, gatewayErrors.upstreamTooLarge({ provider, maxBytes }));
  }

  #joined(kept: Buffer[]): Buffer {
    return kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept, this.#size);
  }

  /** Sends the head and all but the last chunk. */
  #startFlow(): void {
    if (this.#held !== null || this.#kept === null) return;
    const { headers } = this.#head;
    const length = headers["content-length"];
    this.#writeHead(typeof length === "string" ? Number(length) : null);
    for (const chunk of this.#kept.slice(0, -1)) this.#pressure.write(chunk);
    this.#held = this.#kept.at(-1) ?? null;
  }

  #writeHead(length: number | null, hint: string | null = null): void {
    const headers = passedHeaders(this.#head.headers);
    if (length !== null) headers.push("content-length", String(length));
    headers.push(...ownHeaders(this.#call), ...hintHeaders(hint));
    this.#call.res.writeHead(this.#head.status, headers);
  }

  /** The provider's own words stay as they are; what Weir knows of the name goes beside them. */
  #hint(facts: ResponseFacts | null): string | null {
    return modelHint(this.#call, { status: this.#head.status, code: facts?.error?.code ?? "" });
  }

  /** The body as text can be read: a provider may pack it although it was asked not to. */
  #unpacked(body: Buffer): Buffer {
    const encoding = this.#head.headers["content-encoding"];
    const unpack = typeof encoding === "string" ? unpackers.get(encoding.trim().toLowerCase()) : undefined;
    if (unpack === undefined) return body;
    try {
      return unpack(body, { maxOutputLength: this.#maxBytes });
    } catch {
      // The record keeps the bytes as they are; the caller gets them untouched in any case.
      return body;
    }
  }

  #facts(body: Buffer): ResponseFacts {
    const call = this.#call;
    const protocol = call.translation?.providerProtocol ?? call.protocol;
    const tap = createResponseTap({ protocol, operation: call.operation, stream: false });
    tap.push(body, call.gate.ports.clock.nowMs());
    return tap.finish();
  }

  #keep(body: Buffer): void {
    const raw = createRawKeeper(this.#maxBytes);
    raw.push(body);
    this.#call.raw = raw;
  }

  #settle(error: GatewayError | null, facts: ResponseFacts | null, thenSend?: () => void): void {
    const { status } = this.#head;
    const reported = facts?.error ?? null;
    const failed = error !== null || status >= 400 || reported !== null;
    const outcome: Outcome = {
      status: failed ? "error" : "ok",
      httpStatus: status,
      errorCode: reported?.code || (error?.code ?? (failed ? `http_${status}` : "")),
      errorMessage: reported?.message ?? error?.message ?? "",
      blame: failed ? (error?.blame ?? (status >= 400 && status < 500 ? "caller" : "upstream")) : null,
      facts,
    };
    const send = thenSend === undefined ? undefined : () => runGuarded(this.#call, thenSend);
    settleCall(this.#call, outcome, send);
  }

  /** Same protocol: the provider's bytes, whatever they are. */
  #pass(body: Buffer | null): void {
    let facts: ResponseFacts | null = null;
    let fault: GatewayError | null = null;
    if (body !== null) {
      const readable = this.#unpacked(body);
      this.#keep(readable);
      facts = this.#facts(readable);
      if (this.#head.status < 300 && !facts.complete && facts.error === null) {
        const reason = "it is not the JSON object that its protocol promises";
        fault = gatewayErrors.upstreamUnreadable({ provider: this.#provider(), reason });
      }
    }
    // The caller gets the bytes as they are, and with them the provider's status; the fault is for the record.
    const hint = this.#hint(facts);
    this.#settle(fault, facts, () => this.#sendPassed(body ?? nothing, hint));
  }

  #sendPassed(body: Buffer, hint: string | null): void {
    const { res } = this.#call;
    this.#pressure.stop();
    if (res.destroyed) return;
    if (res.headersSent) {
      res.end(this.#held);
      return;
    }
    this.#writeHead(body.length, hint);
    this.#endWith(body);
  }

  /** A body of ordinary size goes out as one text with its headers, which is one write instead of two. */
  #endWith(body: Buffer): void {
    const { res, gate } = this.#call;
    gate.counters.add("sentBytes", body.length);
    if (body.length > joinedWriteMaxBytes) res.end(body);
    else res.end(body.toString("latin1"), "latin1");
  }

  #translate(translation: AnswerTranslation, body: Buffer): void {
    const call = this.#call;
    const readable = this.#unpacked(body);
    this.#keep(readable);
    const facts = this.#facts(readable);
    const hint = this.#hint(facts);
    const answer: { body: JsonObject } | GatewayError =
      this.#head.status < 300
        ? translation.response(readable)
        : { body: translation.error({ status: this.#head.status, bytes: readable, hint }) };
    if (answer instanceof GatewayError) {
      // Some providers report a failure with the status of an answer: their words say more than that it is none.
      failCall(call, facts.error === null ? answer : gatewayErrors.upstreamReported(facts.error));
      return;
    }
    this.#settle(null, facts, () => {
      if (call.res.destroyed) return;
      const bytes = Buffer.from(JSON.stringify(answer.body));
      const headers = passedHeaders(this.#head.headers, "content");
      headers.push("content-type", "application/json", "content-length", String(bytes.length));
      headers.push(...ownHeaders(call), ...hintHeaders(hint));
      call.res.writeHead(this.#head.status, headers);
      this.#endWith(bytes);
    });
  }
}
