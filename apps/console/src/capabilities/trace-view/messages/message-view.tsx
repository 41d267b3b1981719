import type { Message } from "@weir/schema";
import { Bot, Settings2, SquareTerminal, User, Wrench, type LucideIcon } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Badge } from "../../../components/badge.tsx";
import { CopyButton } from "../../../components/code-block.tsx";
import { formatBytes } from "../../../components/format.ts";
import { positioned } from "../position-keys.ts";
import { Disclosure } from "../span/disclosure.tsx";
import { messagePreview, messageSize, messageText } from "./conversation.ts";
import { MessagePartView, type PartContext } from "./message-part.tsx";

export const roles: Record<Message["role"], { word: string; icon: LucideIcon }> = {
  system: { word: "System", icon: Settings2 },
  developer: { word: "Developer", icon: SquareTerminal },
  user: { word: "User", icon: User },
  assistant: { word: "Assistant", icon: Bot },
  tool: { word: "Tool", icon: Wrench },
};

/** Instructions are the same in every call of an application: they start collapsed unless they are short. */
const instructionsShownCharacters = 280;

/** One message of a conversation, as a section of a document. */
export const MessageView = memo(function MessageView({
  message,
  position,
  context,
}: {
  message: Message;
  /** Counted from 1; 0 for an answer. */
  position: number;
  context: PartContext;
}): ReactNode {
  const { word, icon: Icon } = roles[message.role];
  const size = messageSize(message);
  const heading = (
    <>
      <Icon className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
      <h3 className="text-table font-semibold">{word}</h3>
      {message.name === undefined || message.name === "" ? null : <Badge>{message.name}</Badge>}
      {position === 0 ? null : <span className="text-label text-muted">{position}</span>}
    </>
  );
  const body = (
    <div className="flex max-w-[720px] flex-col gap-2 pl-[22px] max-narrow:pl-0">
      {message.parts.length === 0 ? <p className="text-muted">Empty message.</p> : null}
      {positioned(message.parts).map(({ key, item }) => (
        <div key={key}>
          <MessagePartView part={item} context={context} />
        </div>
      ))}
    </div>
  );
  const instructions = message.role === "system" || message.role === "developer";
  const frame =
    "group/message border-t border-line px-4 [contain-intrinsic-size:auto_160px] [content-visibility:auto]";
  if (instructions && size > instructionsShownCharacters) {
    return (
      <Disclosure
        className={frame.replace(" px-4", "")}
        summaryClass="min-h-9 px-4"
        summary={
          <>
            {heading}
            <span className="shrink-0 text-label text-muted">{formatBytes(size)}</span>
            <span className="min-w-0 flex-1 truncate text-table text-muted">{messagePreview(message)}</span>
          </>
        }
      >
        <div className="px-4 pt-1 pb-4">{body}</div>
      </Disclosure>
    );
  }
  return (
    <section
      aria-label={position === 0 ? "Answer" : `${word}, message ${position}`}
      className={`${frame} pb-4`}
    >
      <div className="flex h-9 items-center gap-2">
        {heading}
        <span className="ml-auto opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100">
          <CopyButton text={() => messageText(message)} label="Copy message" />
        </span>
      </div>
      {body}
    </section>
  );
});
