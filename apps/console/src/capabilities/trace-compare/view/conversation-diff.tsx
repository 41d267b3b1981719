import type { SpanDetail } from "@weir/schema";
import { Equal } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { toolNames } from "../../trace-view/messages/conversation.ts";
import type { PartContext } from "../../trace-view/messages/message-part.tsx";
import type { CallComparison } from "../diff/comparison.ts";
import type { Sides } from "../diff/text-diff.ts";
import { MessageDiffList } from "./message-diff-list.tsx";

/** What went into the two calls and what came out, message beside message. */
export function ConversationDiff({
  comparison,
  spans,
  projectId,
  onlyDifferences,
}: {
  comparison: CallComparison;
  spans: Sides<SpanDetail>;
  projectId: string | undefined;
  onlyDifferences: boolean;
}): ReactNode {
  // Ids of tool calls are counted anew in each call by some providers, so each side has names of its own.
  const contexts = useMemo<Sides<PartContext>>(() => {
    const contextOf = ({ input, output }: SpanDetail): PartContext => ({
      projectId,
      plain: false,
      toolNames: toolNames([...input, ...output]),
    });
    return { left: contextOf(spans.left), right: contextOf(spans.right) };
  }, [projectId, spans]);
  const { input, output } = comparison;
  if (input.length + output.length === 0) {
    return (
      <p className="px-4 py-6 text-muted">
        Neither of the two spans has messages. Another span may be chosen above, where there are more.
      </p>
    );
  }
  const same = [...input, ...output].every((message) => message.type === "equal");
  return (
    <div className="pb-16">
      {same ? <SameNotice what="The two conversations are identical, word for word." /> : null}
      <Heading>Input</Heading>
      {input.length === 0 ? <p className="px-4 pb-2 text-muted">No messages.</p> : null}
      <MessageDiffList messages={input} contexts={contexts} onlyDifferences={onlyDifferences} />
      <Heading>Answer</Heading>
      {output.length === 0 ? <p className="px-4 pb-2 text-muted">No answer on either side.</p> : null}
      <MessageDiffList messages={output} contexts={contexts} onlyDifferences={onlyDifferences} answers />
    </div>
  );
}

/** Says that there is nothing to see, so that nobody looks for it. */
export function SameNotice({ what }: { what: string }): ReactNode {
  return (
    <p className="flex items-center gap-2 border-b border-line px-4 py-2 text-soft">
      <Equal className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
      {what}
    </p>
  );
}

function Heading({ children }: { children: ReactNode }): ReactNode {
  return <h2 className="flex h-8 items-center px-4 text-label font-normal text-muted">{children}</h2>;
}
