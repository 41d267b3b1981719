import type { SpanKind } from "@weir/schema";
import {
  Binary,
  Bot,
  ClipboardCheck,
  FileSearch,
  Hash,
  Route,
  ShieldCheck,
  Sparkles,
  SquareDashed,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";

const kinds: Record<SpanKind, { word: string; icon: LucideIcon }> = {
  generation: { word: "generation", icon: Sparkles },
  embedding: { word: "embedding", icon: Binary },
  token_count: { word: "token count", icon: Hash },
  tool: { word: "tool", icon: Wrench },
  retrieval: { word: "retrieval", icon: FileSearch },
  agent: { word: "agent", icon: Bot },
  workflow: { word: "workflow", icon: Route },
  guardrail: { word: "guardrail", icon: ShieldCheck },
  evaluation: { word: "evaluation", icon: ClipboardCheck },
  span: { word: "span", icon: SquareDashed },
};

export const kindWord = (kind: SpanKind): string => kinds[kind].word;

/** The icon alone, for rows that there are many of; its word is said to screen readers. */
export function KindIcon({ kind }: { kind: SpanKind }): ReactNode {
  const { word, icon: Icon } = kinds[kind];
  // An <img> could not take the colour of the row that it stands in.
  // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
  return <Icon role="img" aria-label={word} aria-hidden={false} className="size-3.5 shrink-0 text-muted" />;
}

/** The icon of a span's kind; its word stands beside it, or is said to screen readers and on hover. */
export function KindMark({ kind, word = false }: { kind: SpanKind; word?: boolean }): ReactNode {
  const { word: text, icon: Icon } = kinds[kind];
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5" {...(word ? {} : { title: text })}>
      <Icon className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
      <span className={word ? "text-muted" : "sr-only"}>{text}</span>
    </span>
  );
}
