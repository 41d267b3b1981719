import type { ReactNode } from "react";

const onMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as they are printed on the reader's keyboard: `mod` is ⌘ or Ctrl; parts are separated by spaces. */
export function KeyHint({ keys }: { keys: string }): ReactNode {
  return (
    <span className="inline-flex items-center gap-0.5">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-label text-muted"
        >
          {key === "mod" ? (onMac ? "⌘" : "Ctrl") : key}
        </kbd>
      ))}
    </span>
  );
}
