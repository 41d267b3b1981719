import { clsx } from "clsx";
import type { ReactNode } from "react";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-soft",
  accent: "bg-accent-soft text-accent-text",
  good: "bg-good-soft text-good-text",
  warn: "bg-warn-soft text-warn-text",
  bad: "bg-bad-soft text-bad-text",
};

/** A word or two in a tinted box: a tag, a kind, a protocol. */
export function Badge({
  tone = "neutral",
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <span
      {...(title === undefined ? {} : { title })}
      className={clsx(
        "inline-flex h-[18px] max-w-full shrink-0 items-center gap-1 truncate rounded-sm px-1.5 text-label",
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}

/** Said wherever a simulated model shows: nobody may take its answers or its costs for real ones. */
export function SimulatorBadge(): ReactNode {
  return (
    <Badge tone="warn" title="Answers come from Weir's simulator, not from a model.">
      simulator
    </Badge>
  );
}
