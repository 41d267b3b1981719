import type { MessagePart } from "@weir/schema";
import { useState, type ReactNode } from "react";
import { formatBytes } from "../../../components/format.ts";
import { MessagePartView, type PartContext } from "../../trace-view/messages/message-part.tsx";
import type { PartDiff } from "../diff/compare-messages.ts";
import type { Sides } from "../diff/text-diff.ts";
import { FoldLine } from "./fold-line.tsx";
import { Segments } from "./segments.tsx";
import { ChangedPair, EqualPair } from "./side-pair.tsx";
import { TextDiffView } from "./text-diff-view.tsx";
import { ValueDiffView } from "./value-diff-view.tsx";

/** Shorter equal texts cost no more room than the line that would stand for them. */
const shownEqualCharacters = 280;

/** One part of a message that is not the same on both sides, or that stands beside one. */
export function PartDiffView({
  part,
  contexts,
}: {
  part: PartDiff;
  contexts: Sides<PartContext>;
}): ReactNode {
  switch (part.type) {
    case "equal":
      return <EqualPart part={part.part} context={contexts.right} />;
    case "only":
      return <OnlyPart part={part.part} side={part.side} context={contexts[part.side]} />;
    case "text":
      return (
        <>
          {part.what === "text" ? null : (
            <PartTitle>
              {part.name === undefined ? (
                "Reasoning"
              ) : (
                <>
                  result of <ChangedName name={part.name} />
                </>
              )}
            </PartTitle>
          )}
          <TextDiffView diff={part.diff} />
        </>
      );
    case "values":
      return (
        <div className="mx-4 my-2 overflow-hidden rounded-md border border-line">
          <p className="flex min-h-7 items-center border-b border-line bg-sunken px-4 text-table">
            <ValuesTitle part={part} />
          </p>
          <ValueDiffView diff={part.diff} label={part.name.right} />
        </div>
      );
    case "replaced":
      return (
        <ChangedPair
          left={<MessagePartView part={part.left} context={contexts.left} />}
          right={<MessagePartView part={part.right} context={contexts.right} />}
        />
      );
  }
}

function PartTitle({ children }: { children: ReactNode }): ReactNode {
  return <p className="px-4 pt-1 pl-9 text-label text-muted">{children}</p>;
}

function ChangedName({ name: { left, right } }: { name: Sides<string> }): ReactNode {
  if (left === right) return <span className="font-mono font-medium">{right}</span>;
  return (
    <span className="font-mono font-medium">
      <del className="text-bad-text decoration-dotted underline">{left}</del>
      <span className="mx-1 text-muted">→</span>
      <ins className="text-good-text underline">{right}</ins>
    </span>
  );
}

function ValuesTitle({ part }: { part: Extract<PartDiff, { type: "values" }> }): ReactNode {
  return (
    <span className="min-w-0 truncate">
      {part.what === "other" ? null : (
        <span className="text-muted">{part.what === "call" ? "calls " : "result of "}</span>
      )}
      <ChangedName name={part.name} />
    </span>
  );
}

/** What only one side has, in that side's column. */
export function OnlyPart({
  part,
  side,
  context,
}: {
  part: MessagePart;
  side: "left" | "right";
  context: PartContext;
}): ReactNode {
  const text = part.type === "text" || part.type === "reasoning" ? part.content : null;
  const shown =
    text === null ? (
      <MessagePartView part={part} context={context} />
    ) : (
      <>
        {part.type === "reasoning" ? <p className="text-label text-muted">Reasoning</p> : null}
        <Segments segments={[{ kind: side === "left" ? "removed" : "added", text }]} signed />
      </>
    );
  return <ChangedPair left={side === "left" ? shown : null} right={side === "right" ? shown : null} />;
}

const partWords: Readonly<Record<MessagePart["type"], string>> = {
  text: "text",
  reasoning: "reasoning",
  tool_call: "tool call",
  tool_call_response: "tool result",
  media: "attachment",
  other: "part",
};

function EqualPart({ part, context }: { part: MessagePart; context: PartContext }): ReactNode {
  const [open, setOpen] = useState(false);
  if (part.type === "text" && part.content.length <= shownEqualCharacters) {
    return (
      <EqualPair>
        <Segments segments={[{ kind: "equal", text: part.content }]} />
      </EqualPair>
    );
  }
  const size = part.type === "text" ? ` (${formatBytes(part.content.length)})` : "";
  return (
    <>
      <FoldLine
        open={open}
        onToggle={() => setOpen(!open)}
        {...(part.type === "tool_call" ? { brief: part.name } : {})}
      >
        Equal {partWords[part.type]}
        {size}
      </FoldLine>
      {open ? (
        <div className="max-w-[752px] px-4 py-2">
          <MessagePartView part={part} context={context} />
        </div>
      ) : null}
    </>
  );
}
