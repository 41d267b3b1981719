// No element of HTML is a list of options under a text field: the combobox pattern is made of roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role */
import type { ReactNode } from "react";
import { KeyHint } from "../../components/key-hint.tsx";
import type { Completion } from "./query-completion.ts";
import { TraceCount } from "./trace-count.tsx";

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

/** What could be typed next, under the place where it would stand. */
export function CompletionList({
  completions,
  active,
  left,
  onChoose,
}: {
  completions: readonly Completion[];
  active: number;
  left: number;
  onChoose: (completion: Completion) => void;
}): ReactNode {
  return (
    <div
      className="enter-float absolute top-full z-30 mt-1 w-[420px] max-w-full overflow-hidden rounded-md bg-raised shadow-float"
      style={{ left: `min(${left}px, max(0px, 100% - 420px))` }}
    >
      <ul
        id="query-completions"
        role="listbox"
        aria-label="Completions"
        className="max-h-72 overflow-y-auto p-1"
      >
        {completions.map((completion, index) => (
          // The field keeps the focus and its keys; an option only takes the mouse.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={completion.label}
            id={`completion-${index}`}
            role="option"
            ref={index === active ? scrollIntoView : undefined}
            tabIndex={-1}
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(completion)}
            className={`flex h-7 cursor-default items-center gap-3 rounded-sm px-2 text-table ${index === active ? "bg-pressed" : "hover:bg-hover"}`}
          >
            <code className={`min-w-0 truncate ${completion.detail === "" ? "" : "shrink-0"}`}>
              {completion.label}
            </code>
            <span className="min-w-0 flex-1 truncate text-muted">{completion.detail}</span>
            {completion.count === null ? null : (
              <span className="shrink-0">
                <TraceCount count={completion.count} estimated={completion.estimated} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="flex items-center gap-3 border-t border-line px-3 py-1.5 text-label text-muted">
        <span className="flex items-center gap-1">
          <KeyHint keys="↑ ↓" /> choose
        </span>
        <span className="flex items-center gap-1">
          <KeyHint keys="Tab" /> take
        </span>
        <span className="flex items-center gap-1">
          <KeyHint keys="↵" /> apply
        </span>
      </p>
    </div>
  );
}
