import type { ResponseFacts } from "../contract.ts";
import type { SseEvent } from "../sse.ts";

/** Builds an answer's facts from the events of one protocol's stream. May throw on what it cannot read. */
export interface AnswerReader {
  /** True once the protocol's last event has been read. */
  readonly ended: boolean;
  read(event: SseEvent, atMs: number): void;
  facts(): ResponseFacts;
}
