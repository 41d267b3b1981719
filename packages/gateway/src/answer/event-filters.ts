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

/**
 * Passes every byte as it came, event by event. No client can use a part of an event, so nothing is late; and
 * a stream that breaks inside one can still be ended with an error event that is understood.
 */
export function createWholeEvents(): EventFilter {
  let pending: Buffer = nothing;
  return {
    push(chunk) {
      const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const boundary = lastBoundary(bytes);
      pending = boundary === bytes.length ? nothing : bytes.subarray(boundary);
      return boundary === bytes.length ? bytes : bytes.subarray(0, boundary);
    },
    end() {
      const rest = pending;
      pending = nothing;
      return rest;
    },
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
