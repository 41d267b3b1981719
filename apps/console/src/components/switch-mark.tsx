import type { ReactNode } from "react";

/** How a switch stands, for the button with the role that holds it. */
export function SwitchMark({ on }: { on: boolean }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={`flex h-3.5 w-6 items-center rounded-full border p-px forced-color-adjust-none ${on ? "justify-end border-accent-fill bg-accent-fill" : "border-line-strong bg-surface"}`}
    >
      <span className={`size-2.5 rounded-full ${on ? "bg-on-accent" : "bg-(--line-strong)"}`} />
    </span>
  );
}
