import type { ReceiptItem } from "@weir/schema";
import { ReceiptText } from "lucide-react";
import type { ReactNode } from "react";
import { Badge, type Tone } from "../../../components/badge.tsx";
import { positioned } from "../position-keys.ts";

const tones: Record<ReceiptItem["action"], Tone> = {
  dropped: "warn",
  emulated: "accent",
  rewritten: "neutral",
};
const meanings: Record<ReceiptItem["action"], string> = {
  dropped: "Left out: the provider has nothing like it.",
  emulated: "Done in another way, with the same effect.",
  rewritten: "Sent in the provider's own form.",
};

/** One line above the messages when the call was changed on its way. */
export function ReceiptNotice({
  receipt,
  onOpen,
}: {
  receipt: readonly ReceiptItem[];
  onOpen: () => void;
}): ReactNode {
  if (receipt.length === 0) return null;
  const dropped = receipt.filter((item) => item.action === "dropped");
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 border-b border-line px-4 py-1.5 text-table">
      <ReceiptText className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
      <span>
        {receipt.length === 1 ? "One parameter was" : `${receipt.length} parameters were`} changed on the way
        to the provider
        {dropped.length === 0 ? "." : ";"}
      </span>
      {dropped.length === 0 ? null : (
        <span className="text-warn-text">
          dropped:{" "}
          {dropped
            .slice(0, 3)
            .map((item) => item.parameter)
            .join(", ")}
          {dropped.length > 3 ? " …" : ""}
        </span>
      )}
      <button type="button" className="text-accent-text hover:underline" onClick={onOpen}>
        See the receipt
      </button>
    </div>
  );
}

/** What was changed about a call, parameter by parameter, and why. */
export function ReceiptList({ receipt }: { receipt: readonly ReceiptItem[] }): ReactNode {
  if (receipt.length === 0) {
    return <p className="px-4 py-6 text-soft">Nothing was changed: the provider got what the caller sent.</p>;
  }
  return (
    <ul>
      {positioned(receipt).map(({ key, item }) => (
        <li
          key={key}
          className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b border-line px-4 py-2"
        >
          <span className="w-20 shrink-0">
            <Badge tone={tones[item.action]} title={meanings[item.action]}>
              {item.action}
            </Badge>
          </span>
          <code className="min-w-32 [overflow-wrap:anywhere]">{item.parameter}</code>
          <span className="min-w-60 flex-1 text-soft [overflow-wrap:anywhere]">{item.detail}</span>
        </li>
      ))}
    </ul>
  );
}
