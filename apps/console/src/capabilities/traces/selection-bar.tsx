import { formatFilter, type TraceSummary } from "@weir/schema";
import { Download, ListFilter, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../components/button.tsx";
import { CopyButton } from "../../components/code-block.tsx";
import { downloadText } from "../../components/download.ts";

/** What can be done with the rows that are selected. */
export function SelectionBar({
  rows,
  selected,
  onFilter,
  onClear,
}: {
  rows: readonly TraceSummary[];
  selected: ReadonlySet<string>;
  onFilter: (filter: string) => void;
  onClear: () => void;
}): ReactNode {
  if (selected.size === 0) return null;
  const ids = [...selected];
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
    const chosen = rows.filter((row) => selected.has(row.traceId));
    downloadText({
      name: "traces.ndjson",
      type: "application/x-ndjson",
      text: chosen.map((row) => JSON.stringify(row)).join("\n"),
    });
  };
  return (
    <div
      role="toolbar"
      aria-label="Selected traces"
      className="enter-float absolute bottom-3 left-1/2 z-30 flex -translate-x-1/2 items-center gap-1 rounded-md bg-raised py-1 pr-1 pl-3 shadow-float"
    >
      <span className="whitespace-nowrap">{selected.size} selected</span>
      <span className="mx-1 h-4 w-px bg-line" />
      <Button variant="ghost" onClick={() => onFilter(only())}>
        <ListFilter /> Show only these
      </Button>
      <Button variant="ghost" onClick={save}>
        <Download /> Rows as JSON
      </Button>
      <CopyButton text={() => ids.join("\n")} label="Copy the trace ids" size="medium" />
      <IconButton label="Clear the selection" onClick={onClear}>
        <X />
      </IconButton>
    </div>
  );
}
