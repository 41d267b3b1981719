import { ChevronDown, ChevronUp, Search } from "lucide-react";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { IconButton } from "../../../components/button.tsx";

type SearchAction = "next" | "before" | "clear";

/** What a key does in a search field. */
export function searchAction({
  key,
  shiftKey,
}: Pick<globalThis.KeyboardEvent, "key" | "shiftKey">): SearchAction | null {
  if (key === "Enter") return shiftKey ? "before" : "next";
  return key === "Escape" ? "clear" : null;
}

/** A search inside what is shown: Enter goes to the next match, Shift+Enter to the one before, Esc clears. */
export function SearchField({
  label,
  value,
  onChange,
  count,
  current,
  onStep,
  inputRef,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Matches found; null while there is nothing to find. */
  count: number | null;
  /** Position of the match shown, from 0; −1 for none. */
  current?: number;
  onStep?: (by: 1 | -1) => void;
  inputRef?: Ref<HTMLInputElement>;
}): ReactNode {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const action = searchAction(event);
    if (action === "clear") {
      // The field's Esc comes before the panel's, which would close everything.
      event.preventDefault();
      event.stopPropagation();
      if (value === "") event.currentTarget.blur();
      else onChange("");
    } else if (action !== null && onStep !== undefined) {
      event.preventDefault();
      onStep(action === "next" ? 1 : -1);
    }
  };
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1">
      <label className="relative flex min-w-24 max-w-72 flex-1 items-center">
        <Search className="pointer-events-none absolute left-2 size-3.5 text-muted" aria-hidden="true" />
        <input
          ref={inputRef}
          type="search"
          value={value}
          aria-label={label}
          placeholder={label}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          className="h-7 w-full min-w-0 rounded-md border border-line-strong bg-surface pr-2 pl-7 text-table placeholder:text-muted focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 [&::-webkit-search-cancel-button]:hidden"
        />
      </label>
      {count === null ? null : (
        <output className="text-label whitespace-nowrap text-muted">
          {count === 0 ? "nothing found" : onStep === undefined ? count : `${(current ?? 0) + 1} of ${count}`}
        </output>
      )}
      {onStep === undefined || count === null || count === 0 ? null : (
        <>
          <IconButton size="small" label="Match before" onClick={() => onStep(-1)}>
            <ChevronUp />
          </IconButton>
          <IconButton size="small" label="Next match" onClick={() => onStep(1)}>
            <ChevronDown />
          </IconButton>
        </>
      )}
    </div>
  );
}
