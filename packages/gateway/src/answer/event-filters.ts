import type { WireProtocol } from "@weir/providers";

/** Lets whole server-sent events through as they come; one that is not whole yet waits for its rest. */
export interface EventFilter {
  push(chunk: Buffer): Buffer;
  /** What still waits when the stream is over. */
  end(): Buffer;
}

const nothing = Buffer.alloc(0);
const noChoices = /"choices"\s*:\s*\[\s*\]/;

/** Where the last whole event ends: after the last empty line, whichever line breaks the provider uses. */
function lastBoundary(bytes: Buffer): number {
  const lf = bytes.lastIndexOf("\n\n");
  if (lf !== -1 && lf + 2 === bytes.length) return bytes.length;
  const crlf = bytes.lastIndexOf("\r\n\r\n");
  return Math.max(lf === -1 ? 0 : lf + 2, crlf === -1 ? 0 : crlf + 4);
}

/** A larger event goes by in parts: it is held only for the sake of an error that may have to follow it. */
const heldMaxBytes = 32 * 1024 * 1024;
/** Bytes at the end of what is held in which an empty line may have begun. */
const boundaryBytes = 3;

/**
 * Passes every byte as it came, event by event. No client can use a part of an event, so nothing is late; and
 * a stream that breaks inside one can still be ended with an error event that is understood.
 */
export function createWholeEvents(): EventFilter {
  /** An event's beginning in the pieces that it came in: joined and looked through once, however many they are. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  let tail: Buffer = nothing;
  const release = (last: Buffer): Buffer => {
    const whole = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    tail = nothing;
    return whole;
  };
  const hold = (piece: Buffer): void => {
    if (piece.length === 0) return;
    held.push(piece);
    heldBytes += piece.length;
    tail = (piece.length < boundaryBytes ? Buffer.concat([tail, piece]) : piece).subarray(-boundaryBytes);
  };
  return {
    push(chunk) {
      const searched = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const boundary = lastBoundary(searched) - tail.length;
      if (boundary === chunk.length || heldBytes + chunk.length > heldMaxBytes) return release(chunk);
      if (boundary <= 0) {
        hold(chunk);
        return nothing;
      }
      const whole = release(chunk.subarray(0, boundary));
      hold(chunk.subarray(boundary));
      return whole;
    },
    end: () => release(nothing),
  };
}

/** Whether an event is the extra chunk that `include_usage` adds: no choices, and the call's usage. */
function isUsageEvent(event: string): boolean {
  if (!noChoices.test(event)) return false;
  const data = event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5))
    .join("\n");
  try {
    const chunk: unknown = JSON.parse(data);
    return typeof chunk === "object" && chunk !== null && "usage" in chunk && chunk.usage !== null;
  } catch {
    // What is no JSON is not ours to judge: it goes on as it came.
    return false;
  }
}

/** Takes the usage chunk out of an OpenAI stream whose caller did not ask for it; all else passes as it came. */
export function createUsageStripper(): EventFilter {
  const events = createWholeEvents();
  const strip = (whole: Buffer): Buffer => {
    const text = whole.toString("latin1");
    if (!noChoices.test(text)) return whole;
    const kept = text.split(/(?<=\n\n|\r\n\r\n)/).filter((event) => !isUsageEvent(event));
    return Buffer.from(kept.join(""), "latin1");
  };
  return { push: (chunk) => strip(events.push(chunk)), end: () => strip(events.end()) };
}

const marks: { readonly [protocol in WireProtocol]: string } = {
  openai: "[DONE]",
  anthropic: "message_stop",
};
const lastLines: { readonly [protocol in WireProtocol]: string } = {
  openai: "data: [DONE]",
  anthropic: "event: message_stop",
};

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Tells cheaply whether whole events of a provider may hold the last one; the tap then says whether they do. */
export function mayHoldLastEvent(protocol: WireProtocol, events: Uint8Array): boolean {
  return viewOf(events).includes(marks[protocol]);
}

/**
 * Whether whole events that a translator wrote hold the last one of their protocol. A JSON text has no raw line
 * breaks, so what stands at the start of a line is no content.
 */
export function holdsLastEvent(protocol: WireProtocol, events: Uint8Array): boolean {
  const line = lastLines[protocol];
  const view = viewOf(events);
  return view.toString("latin1", 0, line.length) === line || view.includes(`\n${line}`);
}

/** Whether the first of whole events that a translator wrote is an error. */
export function beginsWithError(events: Uint8Array): boolean {
  const start = viewOf(events).toString("latin1", 0, 16);
  return start.startsWith("event: error") || start.startsWith('data: {"error"');
}
