import { useQuery } from "@tanstack/react-query";
import type { SpanDetail } from "@weir/schema";
import type { ReactNode } from "react";
import { ErrorState } from "../../../components/error-state.tsx";
import { PanelSkeleton } from "../../trace-view/panel-skeleton.tsx";
import type { Sides } from "../diff/text-diff.ts";
import { bodyComparisonQuery } from "../run-comparison.ts";
import { SameNotice } from "./conversation-diff.tsx";
import { TextDiffView } from "./text-diff-view.tsx";

/** The recorded bodies, line beside line. */
export function RawDiff({
  spans,
  body,
}: {
  spans: Sides<SpanDetail>;
  body: "rawRequest" | "rawResponse";
}): ReactNode {
  const word = body === "rawRequest" ? "request" : "response";
  const { data, error, refetch, isFetching } = useQuery(bodyComparisonQuery(spans, body));
  if (spans.left[body] === "" && spans.right[body] === "") {
    return <p className="px-4 py-6 text-muted">Neither of the two spans has a recorded {word}.</p>;
  }
  if (error !== null) {
    return (
      <ErrorState
        compact
        title={`The ${word}s could not be compared`}
        error={error}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  }
  if (data === undefined) return <PanelSkeleton label={`Comparing the ${word}s`} />;
  const same = data.diff.segments.every((segment) => segment.kind === "equal");
  return (
    <div className="pb-16">
      {data.cut ? (
        <p className="border-b border-line bg-warn-soft px-4 py-1.5 text-table text-warn-text">
          Only the beginnings are compared: a {word} is longer than its record holds. Each trace’s raw tab has
          it whole.
        </p>
      ) : null}
      {same ? <SameNotice what={`The ${word}s are identical, sign for sign.`} /> : null}
      {data.json ? <p className="px-4 pt-2 text-label text-muted">JSON, indented for comparing.</p> : null}
      <TextDiffView diff={data.diff} mono />
    </div>
  );
}
