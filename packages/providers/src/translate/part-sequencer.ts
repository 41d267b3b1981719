import type { CanonicalStreamEvent } from "./canonical.ts";
import { createJsonScanner, type JsonScanner } from "./json-scanner.ts";
import type { ReceiptBook } from "./receipt-book.ts";

export type SequencedEvent = CanonicalStreamEvent & {
  type: "part-start" | "part-delta" | "part-signature" | "part-citation" | "part-end";
};

export interface PartSequencer {
  push(event: SequencedEvent): SequencedEvent[];
  /** Everything that still waits; call when the answer has ended. */
  flush(): SequencedEvent[];
}

interface Waiting {
  start: SequencedEvent & { type: "part-start" };
  events: SequencedEvent[];
  ended: boolean;
}

/**
 * Puts interleaved parts one after the other, for protocols whose blocks may not overlap. Events of the
 * oldest open part go through at once; those of younger parts wait only while it is really unfinished. A tool
 * call whose arguments are a whole JSON value is finished even though its end was not announced, which is how
 * OpenAI's parallel calls stream without waiting.
 */
export function createPartSequencer(book: ReceiptBook): PartSequencer {
  let open: { part: number; scanner: JsonScanner | null } | null = null;
  const waiting = new Map<number, Waiting>();
  let out: SequencedEvent[] = [];

  function begin(start: Waiting["start"]): void {
    open = { part: start.part, scanner: start.kind === "tool_call" ? createJsonScanner() : null };
    out.push(start);
  }

  function end(): void {
    if (open !== null) out.push({ type: "part-end", part: open.part });
    open = null;
  }

  /** Ends the open part when a younger one waits and the open one cannot go on. */
  function advance(): void {
    while (waiting.size > 0 && (open === null || open.scanner?.complete === true)) {
      end();
      const [part, next] = waiting.entries().next().value ?? [];
      if (part === undefined || next === undefined) return;
      waiting.delete(part);
      begin(next.start);
      for (const event of next.events) pass(event);
      if (next.ended) end();
    }
  }

  function pass(event: SequencedEvent): void {
    if (event.type === "part-delta") open?.scanner?.push(event.text);
    out.push(event);
  }

  function take(event: SequencedEvent): void {
    if (event.type === "part-start") {
      waiting.set(event.part, { start: event, events: [], ended: false });
      return;
    }
    const waits = waiting.get(event.part);
    if (waits !== undefined) {
      if (event.type === "part-end") waits.ended = true;
      else waits.events.push(event);
    } else if (open?.part === event.part) {
      if (event.type === "part-end") end();
      else pass(event);
    } else if (event.type === "part-delta" && event.text.trim() !== "") {
      book.dropped(
        "response.tool_calls",
        "The provider wrote on after a tool call's arguments were complete.",
      );
    }
  }

  return {
    push(event) {
      out = [];
      take(event);
      advance();
      return out;
    },
    flush() {
      out = [];
      end();
      while (waiting.size > 0) {
        advance();
        end();
      }
      return out;
    },
  };
}
