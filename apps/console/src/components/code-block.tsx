import { Check, Copy } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { IconButton } from "./button.tsx";

/** Copies text and says so for a moment. The old way is kept for plain-http hosts, where the clipboard API is absent. */
function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copiedAt, setCopiedAt] = useState(0);
  useEffect(() => {
    if (copiedAt === 0) return;
    const timer = setTimeout(() => setCopiedAt(0), 1600);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  const copy = (text: string): void => {
    const done = (): void => setCopiedAt(Date.now());
    if (navigator.clipboard === undefined) {
      if (copyBySelection(text)) done();
      return;
    }
    navigator.clipboard.writeText(text).then(done, () => {
      if (copyBySelection(text)) done();
    });
  };
  return { copied: copiedAt !== 0, copy };
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const worked = document.execCommand("copy");
  area.remove();
  return worked;
}

/** Copies `text`; a function is only called on the click, for what is costly to build. */
export function CopyButton({
  text,
  label = "Copy",
  size = "small",
  icon,
}: {
  text: string | (() => string);
  label?: string;
  size?: "small" | "medium";
  icon?: ReactNode;
}): ReactNode {
  const { copied, copy } = useCopy();
  return (
    <IconButton
      size={size}
      label={copied ? "Copied" : label}
      onClick={() => copy(typeof text === "string" ? text : text())}
    >
      {copied ? <Check className="text-good" /> : (icon ?? <Copy />)}
    </IconButton>
  );
}

/** Code as it is to be typed, with a button that copies it. `wrap` for prose-like text, scrolling otherwise. */
export function CodeBlock({
  code,
  label = "Copy code",
  wrap = false,
  maxHeight,
}: {
  code: string;
  label?: string;
  wrap?: boolean;
  maxHeight?: number;
}): ReactNode {
  return (
    <div className="flex items-start rounded-md border border-line bg-sunken">
      <pre
        // Scrollable regions must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={
          wrap
            ? "min-w-0 flex-1 overflow-auto py-2.5 pl-3 whitespace-pre-wrap [overflow-wrap:anywhere]"
            : "min-w-0 flex-1 overflow-auto py-2.5 pl-3"
        }
        {...(maxHeight === undefined ? {} : { style: { maxHeight } })}
      >
        <code>{code}</code>
      </pre>
      {/* Beside the code, not over it: on a phone it would hide the end of the first line. */}
      <span className="shrink-0 p-1.5">
        <CopyButton text={code} label={label} />
      </span>
    </div>
  );
}
