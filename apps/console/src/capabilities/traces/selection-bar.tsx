import { formatFilter, type TraceSummary } from "@weir/schema";
import { clsx } from "clsx";
import { Download, GitCompareArrows, ListFilter } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../components/button.tsx";
import { CopyButton } from "../../components/code-block.tsx";
import { downloadText } from "../../components/download.ts";
import { KeyHint } from "../../components/key-hint.tsx";
import { comparisonHint } from "./comparison-link.ts";
import { currentRows, type SelectedRows } from "./selected-rows.ts";

/** What can be done with the rows that are selected, and what is missing for a comparison when one was asked for. */
export function SelectionBar({
  rows,
  selected,
  asked,
  coveredWidth,
  onFilter,
  onCompare,
  onClear,
}: {
  rows: readonly TraceSummary[];
  selected: SelectedRows;
  /** A comparison was asked for that cannot be made yet. */
  asked: boolean;
  /** Space that the peek covers. */
  coveredWidth: string;
  onFilter: (filter: string) => void;
  onCompare: () => void;
  onClear: () => void;
}): ReactNode {
  const hint = comparisonHint(selected.size);
  const shown = selected.size > 0 || asked;
  return (
    <div
      className="pointer-events-none absolute inset-x-2 bottom-3 z-30 flex justify-center wide:pr-(--covered)"
      style={{ "--covered": coveredWidth }}
    >
      {/* It stays on the page, so that what it comes to say is read aloud. */}
      <div
        className={clsx(
          "pointer-events-auto flex max-w-full flex-wrap items-center justify-center gap-1 rounded-md",
          shown && "enter-float bg-raised px-1 py-1 shadow-float",
        )}
      >
        <output className={shown ? "px-2" : ""}>
          {selected.size > 0 ? <span className="whitespace-nowrap">{selected.size} selected</span> : null}
          {asked && hint !== null ? (
            <span className={selected.size > 0 ? "ml-2 text-warn-text" : "text-soft"}>{hint}</span>
          ) : null}
        </output>
        {selected.size > 0 ? (
          <Actions
            rows={rows}
            selected={selected}
            hint={hint}
            onFilter={onFilter}
            onCompare={onCompare}
            onClear={onClear}
          />
        ) : null}
      </div>
    </div>
  );
}

function Actions({
  rows,
  selected,
  hint,
  onFilter,
  onCompare,
  onClear,
}: {
  rows: readonly TraceSummary[];
  selected: SelectedRows;
  hint: string | null;
  onFilter: (filter: string) => void;
  onCompare: () => void;
  onClear: () => void;
}): ReactNode {
  const ids = [...selected.keys()];
  const only = (): string =>
    formatFilter([
      {
        type: "field",
        field: "trace",
        operator: "is",
        negated: false,
        values: ids.map((text) => ({ text, prefix: false })),
      },
    ]);
  const save = (): void => {
    downloadText({
      name: "traces.ndjson",
      type: "application/x-ndjson",
      text: currentRows(selected, rows)
        .map((row) => JSON.stringify(row))
        .join("\n"),
    });
  };
  return (
    <div role="toolbar" aria-label="Selected traces" className="flex flex-wrap items-center gap-1">
      <span aria-hidden="true" className="mx-1 h-4 w-px bg-line max-narrow:hidden" />
      <Button
        variant="ghost"
        onClick={onCompare}
        // Pressed too early it says what is missing, which a disabled button could not.
        aria-disabled={hint !== null}
        title={hint ?? "Compare the two"}
        className={hint === null ? "font-medium text-text" : "text-muted"}
      >
        <GitCompareArrows /> Compare <KeyHint keys="D" />
      </Button>
      <IconButton label="Show only these" onClick={() => onFilter(only())} side="top">
        <ListFilter />
      </IconButton>
      <IconButton label="Save the rows as JSON" onClick={save} side="top">
        <Download />
      </IconButton>
      <CopyButton text={() => ids.join("\n")} label="Copy the trace ids" size="medium" />
      <span aria-hidden="true" className="mx-1 h-4 w-px bg-line max-narrow:hidden" />
      <Button variant="ghost" onClick={onClear}>
        Clear <KeyHint keys="Esc" />
      </Button>
    </div>
  );
}
