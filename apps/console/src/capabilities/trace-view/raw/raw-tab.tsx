import type { SpanDetail } from "@weir/schema";
import { clsx } from "clsx";
import { useMemo, type ReactNode } from "react";
import type { RawPart } from "../navigation.ts";
import { ReceiptList } from "../span/receipt-list.tsx";
import { StoredBodyView } from "./stored-body-view.tsx";

interface PartChoice {
  part: RawPart;
  label: string;
  text: string;
}

/** What of a span's raw record there is to show, in the order of a call. */
function partsOf(span: SpanDetail): PartChoice[] {
  const choices: PartChoice[] = [];
  if (span.rawRequest !== "") choices.push({ part: "request", label: "Request", text: span.rawRequest });
  if (span.upstreamRequest !== "") {
    choices.push({ part: "upstream", label: "Request to the provider", text: span.upstreamRequest });
  }
  if (span.rawResponse !== "") choices.push({ part: "response", label: "Response", text: span.rawResponse });
  if (span.receipt.length > 0)
    choices.push({ part: "receipt", label: `Receipt (${span.receipt.length})`, text: "" });
  choices.push({ part: "span", label: "Whole record", text: "" });
  return choices;
}

/** The bodies as they were sent and received, what was changed between them, and the record itself. */
export function RawTab({
  span,
  projectId,
  part,
  onPart,
}: {
  span: SpanDetail;
  projectId: string | undefined;
  part: RawPart | null;
  onPart: (part: RawPart) => void;
}): ReactNode {
  const choices = partsOf(span);
  const open = choices.find((choice) => choice.part === part) ?? choices[0];
  const record = useMemo(() => JSON.stringify(span, null, 2), [span]);
  if (open === undefined) return null;
  return (
    <div>
      <fieldset className="flex gap-1 overflow-x-auto border-b border-line px-3 py-1.5">
        <legend className="sr-only">Part of the record</legend>
        {choices.map((choice) => (
          <button
            key={choice.part}
            type="button"
            aria-pressed={choice.part === open.part}
            onClick={() => onPart(choice.part)}
            className={clsx(
              "h-6 shrink-0 rounded-md px-2 text-table",
              choice.part === open.part ? "bg-accent-soft text-accent-text" : "text-soft hover:bg-hover",
            )}
          >
            {choice.label}
          </button>
        ))}
      </fieldset>
      {open.part === "upstream" ? (
        <p className="border-b border-line px-4 py-1.5 text-table text-muted">
          The call was translated: this is what {span.provider === "" ? "the provider" : span.provider}{" "}
          received.
        </p>
      ) : null}
      {open.part === "receipt" ? (
        <ReceiptList receipt={span.receipt} />
      ) : (
        <StoredBodyView
          key={`${span.spanId}:${open.part}`}
          projectId={projectId}
          text={open.part === "span" ? record : open.text}
          label={open.label}
          fileName={`${span.spanId}-${open.part}.${open.part === "response" && span.streamed ? "txt" : "json"}`}
        />
      )}
    </div>
  );
}
