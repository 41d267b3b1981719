import type { SpanDetail } from "@weir/schema";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { exactDuration, formatDuration } from "../../../components/format.ts";
import { barShare, firstTokenText, timingsOf, type TimingPart } from "./timing-parts.ts";

const fills: Record<TimingPart["id"], string> = {
  upstream: "bg-(--chart-rest)",
  "first-token": "bg-(--chart-2)",
  stream: "bg-(--chart-1)",
  whole: "bg-(--chart-rest)",
};

/** Where a call's time went: a bar in proportion, and the same figures in words. */
export function TimingBreakdown({ span, compact }: { span: SpanDetail; compact: boolean }): ReactNode {
  const { parts, tokensPerSecond } = timingsOf(span);
  const firstToken = firstTokenText(span);
  return (
    <>
      <div
        className="flex h-3 w-full gap-px overflow-hidden rounded-sm forced-color-adjust-none"
        aria-hidden="true"
      >
        {parts.map((part) => (
          <span
            key={part.id}
            className={fills[part.id]}
            style={{ flexGrow: barShare(part, span.durationMs), flexBasis: 0 }}
            title={`${part.label}: ${exactDuration(part.endMs - part.startMs)}`}
          />
        ))}
      </div>
      <table className="mt-2 w-full border-collapse text-table">
        <tbody>
          {parts.map((part) => (
            <tr key={part.id} className="border-t border-line first:border-t-0">
              <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                <span
                  className={clsx(
                    "mr-2 inline-block size-2 rounded-[2px] forced-color-adjust-none",
                    fills[part.id],
                  )}
                  aria-hidden="true"
                />
                {part.label}
              </th>
              {compact ? null : <td className="py-1.5 pr-3 text-soft max-narrow:hidden">{part.detail}</td>}
              <td
                className="py-1.5 text-right whitespace-nowrap"
                title={exactDuration(part.endMs - part.startMs)}
              >
                {formatDuration(part.endMs - part.startMs)}
              </td>
            </tr>
          ))}
          <tr className="border-t border-line-strong font-semibold">
            <th scope="row" className="py-1.5 pr-3 text-left font-semibold">
              Total
            </th>
            {compact ? null : <td className="max-narrow:hidden" aria-hidden="true" />}
            <td className="py-1.5 text-right whitespace-nowrap" title={exactDuration(span.durationMs)}>
              {formatDuration(span.durationMs)}
            </td>
          </tr>
        </tbody>
      </table>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
        {firstToken === null ? null : <Rate label="Time to first token" value={firstToken} />}
        {span.interTokenMs === null ? null : (
          <Rate
            label="Between tokens"
            value={`${span.interTokenMs.toFixed(span.interTokenMs < 10 ? 2 : 1)} ms`}
          />
        )}
        {tokensPerSecond === null ? null : (
          <Rate
            label="Output speed"
            value={`${tokensPerSecond.toFixed(tokensPerSecond < 100 ? 1 : 0)} tokens/s`}
          />
        )}
      </dl>
    </>
  );
}

function Rate({ label, value }: { label: string; value: string }): ReactNode {
  return (
    <div>
      <dt className="text-label text-muted">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
