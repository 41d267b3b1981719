import type { SpanDetail } from "@weir/schema";
import { queryOptions } from "@tanstack/react-query";
import type { BodyComparison, CallComparison, ComparedCall, ComparisonTask } from "./diff/comparison.ts";
import { pack, unpack, type Packed } from "./diff/packed.ts";
import type { Sides } from "./diff/text-diff.ts";

/** Runs one comparison in a thread that ends with it, or when nobody waits for it any more. */
async function inWorker<Result>(task: ComparisonTask, signal: AbortSignal): Promise<Result> {
  const worker = new Worker(new URL("./diff/compare-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Result>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("left", "AbortError")));
      worker.addEventListener("message", (event: MessageEvent<Packed<Result>>) =>
        resolve(unpack(event.data)),
      );
      worker.addEventListener("error", (event) =>
        reject(new Error(event.message === "" ? "The comparison could not be started." : event.message)),
      );
      worker.postMessage(pack(task), []);
    });
  } finally {
    worker.terminate();
  }
}

const keyOf = ({ left, right }: Sides<SpanDetail>): readonly string[] => [
  left.traceId,
  left.spanId,
  right.traceId,
  right.spanId,
];

const compared = ({ input, output, parameters, tools }: SpanDetail): ComparedCall => ({
  input,
  output,
  parameters,
  tools,
});

// Spans never change once they are recorded, nor do their comparisons.
const settled = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

/** Conversations and settings of two spans. */
export function callComparisonQuery(spans: Sides<SpanDetail>) {
  return queryOptions({
    ...settled,
    queryKey: ["comparison", "call", ...keyOf(spans)],
    queryFn: async ({ signal }) =>
      inWorker<CallComparison>(
        { type: "call", calls: { left: compared(spans.left), right: compared(spans.right) } },
        signal,
      ),
  });
}

/** The raw requests or responses of two spans. */
export function bodyComparisonQuery(spans: Sides<SpanDetail>, body: "rawRequest" | "rawResponse") {
  return queryOptions({
    ...settled,
    queryKey: ["comparison", body, ...keyOf(spans)],
    queryFn: async ({ signal }) =>
      inWorker<BodyComparison>(
        { type: "body", bodies: { left: spans.left[body], right: spans.right[body] } },
        signal,
      ),
  });
}
