import type { SpanDetail } from "@weir/schema";
import type { ReactNode } from "react";
import { CopyButton } from "../../../components/code-block.tsx";
import { InlineCode } from "../../../components/inline-code.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { TextPart } from "../messages/text-part.tsx";
import type { RawPart } from "../navigation.ts";
import { adviceFor } from "./error-advice.ts";

/** What went wrong with a span, with its codes and what to do; nothing for a span that went well. */
export function ErrorNotice({
  span,
  onOpenRaw,
}: {
  span: SpanDetail;
  onOpenRaw: (part: RawPart) => void;
}): ReactNode {
  if (span.status === "ok") return null;
  const failed = span.status === "error";
  const advice = adviceFor(span);
  return (
    <section
      aria-label={failed ? "Error" : "Cancelled"}
      className={
        failed
          ? "border-l-2 border-bad bg-bad-soft px-4 py-3"
          : "border-l-2 border-line-strong bg-sunken px-4 py-3"
      }
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className={failed ? "font-semibold text-bad-text" : "font-semibold"}>
          <StatusMark state={span.status} label={failed ? "Failed" : "Cancelled by the caller"} />
        </h2>
        {span.httpStatus === 0 ? null : <span className="text-soft">HTTP {span.httpStatus}</span>}
        {span.errorCode === "" ? null : <code className="text-soft">{span.errorCode}</code>}
        {span.errorMessage === "" ? null : (
          <span className="ml-auto">
            <CopyButton text={span.errorMessage} label="Copy the error message" />
          </span>
        )}
      </div>
      {span.errorMessage === "" ? null : (
        <div className="mt-1 max-w-[720px] [overflow-wrap:anywhere]">
          <TextPart text={span.errorMessage} plain={false} />
        </div>
      )}
      {advice === "" ? null : (
        <p className="mt-1.5 max-w-[720px] text-soft">
          <InlineCode text={advice} />
        </p>
      )}
      {span.rawResponse === "" ? null : (
        <button
          type="button"
          className="mt-1.5 text-table text-accent-text hover:underline"
          onClick={() => onOpenRaw("response")}
        >
          See the raw response
        </button>
      )}
    </section>
  );
}
