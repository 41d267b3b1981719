import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";

/** A line that opens to what lies behind it. What is behind is built when it is first opened. */
export function Disclosure({
  summary,
  summaryClass,
  className,
  chevron = "end",
  children,
}: {
  summary: ReactNode;
  summaryClass?: string;
  className?: string;
  chevron?: "start" | "end";
  children: ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const [opened, setOpened] = useState(false);
  const arrow = (
    <ChevronRight className={clsx("size-3.5 shrink-0 text-muted", open && "rotate-90")} aria-hidden="true" />
  );
  return (
    <details
      className={className}
      onToggle={(event) => {
        // A disclosure inside this one sends its own event up here.
        if (event.target !== event.currentTarget) return;
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary
        className={clsx(
          "flex list-none items-center gap-2 -outline-offset-2 hover:bg-hover [&::-webkit-details-marker]:hidden",
          summaryClass,
        )}
      >
        {chevron === "start" ? arrow : null}
        {summary}
        {chevron === "end" ? arrow : null}
      </summary>
      {opened ? children : null}
    </details>
  );
}
