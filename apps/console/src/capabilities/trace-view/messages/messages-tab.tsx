import type { Message, SpanDetail } from "@weir/schema";
import { AlignLeft } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { Badge } from "../../../components/badge.tsx";
import { Button } from "../../../components/button.tsx";
import { formatCount, formatDuration } from "../../../components/format.ts";
import { CopyButton } from "../../../components/code-block.tsx";
import { KeyHint } from "../../../components/key-hint.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { JsonTable } from "../json/json-table.tsx";
import type { RawPart } from "../navigation.ts";
import { positioned } from "../position-keys.ts";
import { ErrorNotice } from "../span/error-notice.tsx";
import { ReceiptNotice } from "../span/receipt-list.tsx";
import { ParameterList, ToolList } from "./call-settings.tsx";
import { foldConversation, foldStep, messageText, toolNames } from "./conversation.ts";
import type { PartContext } from "./message-part.tsx";
import { MessageView } from "./message-view.tsx";

/** A call as a document: what was asked, what was answered, and what the model was given to work with. */
export function MessagesTab({
  span,
  projectId,
  onOpenRaw,
}: {
  span: SpanDetail;
  projectId: string | undefined;
  onOpenRaw: (part: RawPart) => void;
}): ReactNode {
  const [plain, setPlain] = useState(false);
  const context = useMemo<PartContext>(
    () => ({ projectId, plain, toolNames: toolNames([...span.input, ...span.output]) }),
    [projectId, plain, span],
  );
  const empty = span.input.length === 0 && span.output.length === 0;
  return (
    <div className="pb-8">
      <ErrorNotice span={span} onOpenRaw={onOpenRaw} />
      <ReceiptNotice receipt={span.receipt} onOpen={() => onOpenRaw("receipt")} />
      <div className="flex h-9 items-center gap-1 pr-2 pl-4">
        <h2 className="mr-auto text-label font-normal text-muted">{countWords(span)}</h2>
        {empty ? null : (
          <>
            <Button size="small" variant="ghost" aria-pressed={plain} onClick={() => setPlain(!plain)}>
              <AlignLeft />
              {plain ? "Formatted" : "Plain"}
            </Button>
            <CopyButton
              label="Copy the conversation"
              text={() =>
                [...span.input, ...span.output]
                  .map((each) => `${each.role}:\n${messageText(each)}`)
                  .join("\n\n")
              }
            />
          </>
        )}
        <Button size="small" variant="ghost" onClick={() => onOpenRaw("request")}>
          Raw <KeyHint keys="R" />
        </Button>
      </div>
      <ParameterList parameters={span.parameters} />
      <ToolList tools={span.tools} />
      {empty ? <NoMessages span={span} onOpenRaw={onOpenRaw} /> : null}
      <InputMessages messages={span.input} context={context} />
      {span.output.length === 0 ? null : <Answer span={span} context={context} />}
    </div>
  );
}

function countWords(span: SpanDetail): string {
  const count = span.input.length + span.output.length;
  if (count === 0) return "No messages";
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

function InputMessages({
  messages,
  context,
}: {
  messages: readonly Message[];
  context: PartContext;
}): ReactNode {
  const [earlierShown, setEarlierShown] = useState(0);
  const fold = foldConversation(messages.length, earlierShown);
  const all = positioned(messages);
  const show = (from: number, to: number): ReactNode =>
    all
      .slice(from, to)
      .map(({ key, at, item }) => (
        <MessageView key={key} message={item} position={at + 1} context={context} />
      ));
  const hiddenCount = fold.tailStart - fold.headEnd;
  return (
    <>
      {show(0, fold.headEnd)}
      {hiddenCount === 0 ? null : (
        <div className="flex flex-wrap items-center gap-2 border-t border-line bg-sunken px-4 py-2 text-table text-muted">
          <span>{hiddenCount} earlier messages</span>
          <Button size="small" onClick={() => setEarlierShown(earlierShown + foldStep)}>
            Show {Math.min(foldStep, hiddenCount)} more
          </Button>
          {hiddenCount > foldStep ? (
            <Button size="small" variant="ghost" onClick={() => setEarlierShown(messages.length)}>
              Show all
            </Button>
          ) : null}
        </div>
      )}
      {show(fold.tailStart, messages.length)}
    </>
  );
}

/** Reasons to stop that mean the answer is whole. */
const unremarkable: ReadonlySet<string> = new Set([
  "stop",
  "end_turn",
  "stop_sequence",
  "tool_calls",
  "tool_use",
]);

function Answer({ span, context }: { span: SpanDetail; context: PartContext }): ReactNode {
  return (
    <div className="border-t-2 border-accent">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 bg-sunken px-4 py-1.5 text-label text-muted">
        <h2 className="text-table font-semibold text-text">
          {span.output.length === 1 ? "Answer" : "Answers"}
        </h2>
        {span.modelAnswered === "" ? null : <span className="truncate">{span.modelAnswered}</span>}
        {span.outputTokens === 0 ? null : (
          <span>
            {formatCount(span.outputTokens)} {span.outputTokens === 1 ? "token" : "tokens"}
          </span>
        )}
        <span>{formatDuration(span.durationMs)}</span>
        {span.finishReasons.map((reason) => (
          <Badge
            key={reason}
            tone={unremarkable.has(reason) ? "neutral" : "warn"}
            title="Why the model stopped"
          >
            {reason}
          </Badge>
        ))}
      </div>
      {positioned(span.output).map(({ key, item }) => (
        <MessageView key={key} message={item} position={0} context={context} />
      ))}
      {span.status === "ok" ? null : (
        <p className="px-4 pb-2 text-table text-muted">
          <StatusMark state={span.status} label="The answer breaks off here." />
        </p>
      )}
    </div>
  );
}

function NoMessages({
  span,
  onOpenRaw,
}: {
  span: SpanDetail;
  onOpenRaw: (part: RawPart) => void;
}): ReactNode {
  const recorded = span.rawRequest !== "" || span.rawResponse !== "";
  return (
    <div className="border-t border-line px-4 py-6 text-soft">
      <p>
        {span.source === "otlp"
          ? "The application sent no messages with this span."
          : "No messages could be read from this call."}
      </p>
      {recorded ? (
        <Button className="mt-3" onClick={() => onOpenRaw("request")}>
          Open the raw request
        </Button>
      ) : null}
      {Object.keys(span.attributes).length === 0 ? null : (
        <div className="mt-3 max-w-[720px]">
          <JsonTable value={span.attributes} label="Attributes" />
        </div>
      )}
    </div>
  );
}
