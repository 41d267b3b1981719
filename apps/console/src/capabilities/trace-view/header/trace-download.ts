import { useQueryClient } from "@tanstack/react-query";
import type { SpanDetail, TraceDetail } from "@weir/schema";
import { useState } from "react";
import { describeFailure } from "../../../api/failure.ts";
import { exactCount } from "../../../components/format.ts";
import { downloadText } from "../raw/download.ts";
import { spanQuery } from "../trace-queries.ts";

/** Whole spans are read one by one; beyond this many the file holds the tree without inputs and outputs. */
const wholeSpansMax = 500;
const parallelReads = 4;

/** What a trace's file holds, said before it is made and, where it is less than everything, again afterwards. */
export function downloadWords(spanCount: number): { before: string; after: string } {
  if (spanCount <= wholeSpansMax) {
    return { before: "Every span of this trace, with messages and raw bodies", after: "" };
  }
  return {
    before: `Every span of this trace, but without messages and raw bodies: they are saved for up to ${wholeSpansMax} spans, and this trace has ${exactCount(spanCount)}`,
    after: "Saved without messages and bodies",
  };
}

export interface TraceDownload {
  start: () => void;
  running: boolean;
  doneCount: number;
  /** What the saved file lacks; empty when it lacks nothing or there is none. */
  lack: string;
  /** Why the last download failed; empty when it did not. */
  failure: string;
}

/** Puts a trace together as one JSON file, with every span whole where that is reasonable. */
export function useTraceDownload({
  trace,
  projectId,
}: {
  trace: TraceDetail;
  projectId: string | undefined;
}): TraceDownload {
  const client = useQueryClient();
  const [running, setRunning] = useState(false);
  const [doneCount, setDoneCount] = useState(0);
  const [lack, setLack] = useState("");
  const [failure, setFailure] = useState("");

  const readWhole = async (): Promise<SpanDetail[]> => {
    const details: SpanDetail[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < trace.spans.length; at = next++) {
        const summary = trace.spans[at];
        if (summary === undefined) return;
        details[at] = await client.fetchQuery(spanQuery(projectId, trace.traceId, summary.spanId));
        setDoneCount((count) => count + 1);
      }
    };
    await Promise.all(Array.from({ length: parallelReads }, worker));
    return details;
  };
  const run = async (): Promise<void> => {
    setRunning(true);
    setDoneCount(0);
    setLack("");
    setFailure("");
    try {
      const spans = trace.spans.length > wholeSpansMax ? trace.spans : await readWhole();
      const text = JSON.stringify({ ...trace, spans }, null, 2);
      downloadText({ text, fileName: `trace-${trace.traceId}.json`, mediaType: "application/json" });
      setLack(downloadWords(trace.spans.length).after);
    } catch (error) {
      setFailure(describeFailure(error).detail);
    } finally {
      setRunning(false);
    }
  };
  return { start: () => void run(), running, doneCount, lack, failure };
}
