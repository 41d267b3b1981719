/** One server-sent event. `event` is `message` where the stream did not name it. */
export interface SseEvent {
  event: string;
  data: string;
  /** The stream's last `id`, empty where there was none. */
  id: string;
}

export interface SseParser {
  /** Takes the next bytes, which may end anywhere: in a line, in a UTF-8 sequence, between CR and LF. */
  push(chunk: Uint8Array): void;
  /** Call once after the last byte: an event that lacks only its closing blank line is still delivered. */
  end(): void;
  /** Events that were larger than `eventMaxBytes` and were left out. */
  readonly oversized: number;
}

export interface SseParserOptions {
  /** Largest sum of the bytes of one event's lines; a larger event is left out and counted. */
  eventMaxBytes?: number;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const defaultEventMaxBytes = 32 * 1024 * 1024;

/**
 * Parses `text/event-stream` (WHATWG HTML, section 9.2.6) incrementally. Only whole lines are decoded, so a
 * chunk may split a UTF-8 sequence, and no byte is looked at again when the next chunk comes.
 *
 * @param onEvent receives each event that has data, in order; called during `push` and `end`
 * @example
 * const parser = createSseParser(({ data }) => console.log(data));
 * parser.push(new TextEncoder().encode("data: hello\n\n")); // prints "hello"
 */
export function createSseParser(
  onEvent: (event: SseEvent) => void,
  options: SseParserOptions = {},
): SseParser {
  return new IncrementalSseParser(onEvent, options.eventMaxBytes ?? defaultEventMaxBytes);
}

class IncrementalSseParser implements SseParser {
  oversized = 0;
  readonly #onEvent: (event: SseEvent) => void;
  readonly #eventMaxBytes: number;
  /** The beginning of a line whose end has not come yet, in the pieces it came in. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #afterCarriageReturn = false;
  #atStart = true;
  #event = "";
  #data = "";
  #hasData = false;
  #id = "";
  #eventBytes = 0;
  #skipping = false;

  constructor(onEvent: (event: SseEvent) => void, eventMaxBytes: number) {
    this.#onEvent = onEvent;
    this.#eventMaxBytes = eventMaxBytes;
  }

  push(chunk: Uint8Array): void {
    const bytes = asBuffer(chunk);
    let start = 0;
    if (this.#afterCarriageReturn && bytes.length > 0) {
      this.#afterCarriageReturn = false;
      if (bytes[0] === LF) start = 1;
    }
    // A carriage return is rare; where a chunk has none, lines end in line feeds only.
    let nextReturn = bytes.indexOf(CR, start);
    let nextFeed = bytes.indexOf(LF, start);
    while (nextFeed !== -1 || nextReturn !== -1) {
      const endsInReturn = nextReturn !== -1 && (nextFeed === -1 || nextReturn < nextFeed);
      const end = endsInReturn ? nextReturn : nextFeed;
      this.#lineEnded(bytes, start, end);
      start = end + 1;
      if (endsInReturn) {
        if (start === bytes.length) this.#afterCarriageReturn = true;
        else if (bytes[start] === LF) start += 1;
        nextReturn = bytes.indexOf(CR, start);
      }
      if (nextFeed !== -1 && nextFeed < start) nextFeed = bytes.indexOf(LF, start);
    }
    if (start < bytes.length) this.#keep(bytes, start);
  }

  end(): void {
    if (this.#pendingBytes > 0) this.#lineEnded(Buffer.alloc(0), 0, 0);
    this.#dispatch();
  }

  #keep(bytes: Buffer, start: number): void {
    const length = bytes.length - start;
    if (this.#skipping || this.#eventBytes + this.#pendingBytes + length > this.#eventMaxBytes) {
      // One byte stands for the rest, so that the line is known not to be the blank one.
      this.#skipEvent();
      this.#pending = [Buffer.from([COLON])];
      this.#pendingBytes = 1;
      return;
    }
    // The caller may reuse its memory, so what outlives this call is copied.
    this.#pending.push(Buffer.from(bytes.subarray(start)));
    this.#pendingBytes += length;
  }

  #skipEvent(): void {
    if (!this.#skipping) this.oversized += 1;
    this.#skipping = true;
    this.#data = "";
    this.#hasData = false;
  }

  #lineEnded(bytes: Buffer, start: number, end: number): void {
    if (this.#pendingBytes === 0) {
      this.#line(bytes, start, end);
      return;
    }
    if (end > start) this.#pending.push(bytes.subarray(start, end));
    const line =
      this.#pending.length === 1 && this.#pending[0] !== undefined
        ? this.#pending[0]
        : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#line(line, 0, line.length);
  }

  #line(bytes: Buffer, from: number, end: number): void {
    let start = from;
    if (this.#atStart) {
      this.#atStart = false;
      if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
    }
    if (start >= end) {
      this.#dispatch();
      return;
    }
    this.#eventBytes += end - start;
    if (this.#eventBytes > this.#eventMaxBytes) this.#skipEvent();
    if (this.#skipping || bytes[start] === COLON) return;
    this.#field(bytes, start, end);
  }

  #field(bytes: Buffer, start: number, end: number): void {
    // "data" is nearly every line of a model's stream, so its name is compared byte by byte.
    if (
      bytes[start] === 100 &&
      bytes[start + 1] === 97 &&
      bytes[start + 2] === 116 &&
      bytes[start + 3] === 97 &&
      (bytes[start + 4] === COLON || end === start + 4)
    ) {
      const value = decodeValue(bytes, start + 5, end);
      this.#data = this.#hasData ? `${this.#data}\n${value}` : value;
      this.#hasData = true;
      return;
    }
    const colon = bytes.subarray(start, end).indexOf(COLON);
    const nameEnd = colon === -1 ? end : start + colon;
    const name = bytes.toString("utf8", start, nameEnd);
    if (name === "event") this.#event = decodeValue(bytes, nameEnd + 1, end);
    else if (name === "id") this.#id = decodeValue(bytes, nameEnd + 1, end);
  }

  #dispatch(): void {
    const hasData = this.#hasData && !this.#skipping;
    const event = { event: this.#event === "" ? "message" : this.#event, data: this.#data, id: this.#id };
    this.#event = "";
    this.#data = "";
    this.#hasData = false;
    this.#eventBytes = 0;
    this.#skipping = false;
    if (hasData) this.#onEvent(event);
  }
}

function decodeValue(bytes: Buffer, from: number, end: number): string {
  const start = bytes[from] === SPACE ? from + 1 : from;
  return start >= end ? "" : bytes.toString("utf8", start, end);
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
