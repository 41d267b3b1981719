import type { Message } from "@weir/schema";
import { useState, type ReactNode } from "react";
import { Badge } from "../../../components/badge.tsx";
import { exactCount } from "../../../components/format.ts";
import { messagePreview, messageSize } from "../../trace-view/messages/conversation.ts";
import type { PartContext } from "../../trace-view/messages/message-part.tsx";
import { MessageView, roles } from "../../trace-view/messages/message-view.tsx";
import { positioned } from "../../trace-view/position-keys.ts";
import type { MessageDiff } from "../diff/compare-messages.ts";
import type { Sides } from "../diff/text-diff.ts";
import { FoldLine } from "./fold-line.tsx";
import { OnlyPart, PartDiffView } from "./part-diff-view.tsx";

/** A run of equal messages that is this short is shown, since a question is read with its answers. */
const shownMaxMessages = 2;
const shownMaxCharacters = 800;

type EqualMessage = Extract<MessageDiff, { type: "equal" }>;
type Run = { type: "equal"; messages: EqualMessage[] } | { type: "differs"; message: MessageDiff };

/** Neighbouring equal messages become one run. */
function toRuns(messages: readonly MessageDiff[]): Run[] {
  const runs: Run[] = [];
  for (const message of messages) {
    const last = runs.at(-1);
    if (message.type !== "equal") runs.push({ type: "differs", message });
    else if (last?.type === "equal") last.messages.push(message);
    else runs.push({ type: "equal", messages: [message] });
  }
  return runs;
}

/** Two conversations as one: equal stretches folded, the others message beside message. */
export function MessageDiffList({
  messages,
  contexts,
  onlyDifferences,
  answers = false,
}: {
  messages: readonly MessageDiff[];
  contexts: Sides<PartContext>;
  onlyDifferences: boolean;
  answers?: boolean;
}): ReactNode {
  return positioned(toRuns(messages)).map(({ key, item }) =>
    item.type === "equal" ? (
      <EqualRun
        // The switch decides anew what is folded.
        key={`${key}:${onlyDifferences}`}
        messages={item.messages}
        contexts={contexts}
        onlyDifferences={onlyDifferences}
        answers={answers}
      />
    ) : (
      <DifferentMessage key={key} message={item.message} contexts={contexts} answers={answers} />
    ),
  );
}

function EqualRun({
  messages,
  contexts,
  onlyDifferences,
  answers,
}: {
  messages: readonly EqualMessage[];
  contexts: Sides<PartContext>;
  onlyDifferences: boolean;
  answers: boolean;
}): ReactNode {
  const size = messages.reduce((sum, { message }) => sum + messageSize(message), 0);
  const short = messages.length <= shownMaxMessages && size <= shownMaxCharacters;
  const [open, setOpen] = useState(short && !onlyDifferences);
  const [last] = messages.slice(-1);
  const noun = answers ? "answer" : "message";
  return (
    <div className="border-t border-line">
      <FoldLine
        open={open}
        onToggle={() => setOpen(!open)}
        brief={
          open || last === undefined
            ? undefined
            : `${roles[last.message.role].word}: ${messagePreview(last.message)}`
        }
      >
        {exactCount(messages.length)} equal {messages.length === 1 ? noun : `${noun}s`}
      </FoldLine>
      {open
        ? messages.map(({ message, rightAt }) => (
            <MessageView
              key={rightAt}
              message={message}
              position={answers ? 0 : rightAt + 1}
              context={contexts.right}
            />
          ))
        : null}
    </div>
  );
}

function DifferentMessage({
  message,
  contexts,
  answers,
}: {
  message: MessageDiff;
  contexts: Sides<PartContext>;
  answers: boolean;
}): ReactNode {
  if (message.type === "equal") return null;
  const { role, where, note } = describe(message, answers);
  return (
    <section
      aria-label={[answers ? "Answer" : role, where || note].join(", ")}
      className="border-t border-line pb-2 [contain-intrinsic-size:auto_120px] [content-visibility:auto]"
    >
      <div className="flex min-h-8 flex-wrap items-center gap-x-2 px-4">
        <h3 className="text-table font-semibold">{role}</h3>
        <Badge>{note}</Badge>
        {where === "" ? null : <span className="text-label text-muted">{where}</span>}
      </div>
      {message.type === "only" ? (
        message.message.parts.length === 0 ? (
          <p className="px-4 text-muted">Empty message.</p>
        ) : (
          positioned(message.message.parts).map(({ key, item }) => (
            <OnlyPart key={key} part={item} side={message.side} context={contexts[message.side]} />
          ))
        )
      ) : (
        positioned(message.parts).map(({ key, item }) => (
          <PartDiffView key={key} part={item} contexts={contexts} />
        ))
      )}
    </section>
  );
}

const named = (message: Pick<Message, "role" | "name">): string =>
  message.name === undefined || message.name === ""
    ? roles[message.role].word
    : `${roles[message.role].word} ${message.name}`;

function describe(
  message: Exclude<MessageDiff, { type: "equal" }>,
  answers: boolean,
): { role: string; where: string; note: string } {
  if (message.type === "only") {
    const side = message.side === "left" ? "A" : "B";
    return {
      role: named(message.message),
      where: answers ? "" : `message ${message.at + 1} of ${side}`,
      note: message.side === "left" ? "− only in A" : "+ only in B",
    };
  }
  const { left, right, leftAt, rightAt } = message;
  const role = named(left) === named(right) ? named(right) : `${named(left)} → ${named(right)}`;
  const same = leftAt === rightAt;
  return {
    role,
    where: answers ? "" : same ? `message ${rightAt + 1}` : `message ${leftAt + 1} of A, ${rightAt + 1} of B`,
    note: "≠ changed",
  };
}
