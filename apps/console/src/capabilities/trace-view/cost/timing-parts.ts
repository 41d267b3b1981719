import { isModelCall, type SpanDetail } from "@weir/schema";
import { formatDuration } from "../../../components/format.ts";

export interface TimingPart {
  id: "upstream" | "first-token" | "stream" | "whole";
  label: string;
  /** What happened in this stretch. */
  detail: string;
  startMs: number;
  endMs: number;
}

export interface Timings {
  parts: TimingPart[];
  /** Output tokens per second while the answer streamed; null when nothing streamed. */
  tokensPerSecond: number | null;
}

/**
 * Cuts a call's time where the record has a mark: the upstream's response headers, and the first token of content.
 * Marks that are missing or out of order (clocks of two machines) are left out rather than drawn wrong.
 */
export function timingsOf(
  span: Pick<SpanDetail, "kind" | "durationMs" | "ttftMs" | "interTokenMs" | "upstreamMs" | "outputTokens">,
): Timings {
  const parts: TimingPart[] = [];
  let fromMs = 0;
  const add = (part: Omit<TimingPart, "startMs" | "endMs">, untilMs: number): void => {
    parts.push({ ...part, startMs: fromMs, endMs: untilMs });
    fromMs = untilMs;
  };
  const { durationMs, ttftMs, upstreamMs } = span;
  const inOrder = (atMs: number | null): atMs is number =>
    atMs !== null && atMs >= fromMs && atMs <= durationMs;
  if (inOrder(upstreamMs)) {
    add(
      { id: "upstream", label: "Upstream headers", detail: "Until the provider's response headers arrived." },
      upstreamMs,
    );
  }
  if (inOrder(ttftMs)) {
    add(
      { id: "first-token", label: "First token", detail: "From there until the first token of content." },
      ttftMs,
    );
  }
  add(
    parts.length === 0
      ? wholeOf(span)
      : { id: "stream", label: ttftMs === null ? "Body" : "Streaming", detail: "The rest of the answer." },
    durationMs,
  );
  return { parts, tokensPerSecond: tokensPerSecondOf(span) };
}

const sharesOfBar = 200;

/**
 * How much of the bar a part takes, in shares of which the whole call has 200: at least one, so that it can be seen, and
 * so that the sum is never below 1, with which a flex box would not be filled.
 */
export function barShare({ startMs, endMs }: TimingPart, durationMs: number): number {
  return durationMs > 0 ? Math.max(1, (sharesOfBar * (endMs - startMs)) / durationMs) : 1;
}

function wholeOf({ kind }: Pick<SpanDetail, "kind">): Omit<TimingPart, "startMs" | "endMs"> {
  return isModelCall(kind)
    ? { id: "whole", label: "Whole call", detail: "From the request's arrival to the end of the answer." }
    : { id: "whole", label: "Whole span", detail: "From its beginning to its end." };
}

/** When the first token came, or why that is not known; null for a span that has no tokens to wait for. */
export function firstTokenText(
  span: Pick<SpanDetail, "kind" | "source" | "streamed" | "ttftMs">,
): string | null {
  if (span.ttftMs !== null) return formatDuration(span.ttftMs);
  if (span.kind !== "generation") return null;
  if (span.streamed) return "none came";
  return span.source === "otlp" ? "not reported" : "not streamed";
}

function tokensPerSecondOf(
  span: Pick<SpanDetail, "durationMs" | "ttftMs" | "interTokenMs" | "outputTokens">,
): number | null {
  if (span.interTokenMs !== null && span.interTokenMs > 0) return 1000 / span.interTokenMs;
  if (span.ttftMs === null || span.outputTokens < 2) return null;
  const streamingMs = span.durationMs - span.ttftMs;
  return streamingMs > 0 ? ((span.outputTokens - 1) * 1000) / streamingMs : null;
}
