import { clsx } from "clsx";
import { useState, type ReactNode } from "react";
import { exactCount } from "../../../components/format.ts";
import { positioned } from "../../trace-view/position-keys.ts";
import type { Segment } from "../diff/text-diff.ts";
import type { ValueDiff, ValueRow } from "../diff/value-diff.ts";
import { differenceProps } from "../use-differences.ts";
import { FoldLine } from "./fold-line.tsx";
import { Segments } from "./segments.tsx";

/** A structured value in both versions: a row for each place, those that are equal folded. */
export function ValueDiffView({
  diff,
  label,
  noun = "value",
}: {
  diff: ValueDiff;
  label: string;
  /** What one row is. */
  noun?: string;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const equal = diff.rows.filter((row) => row.state === "equal");
  const shown = open ? diff.rows : diff.rows.filter((row) => row.state !== "equal");
  return (
    <div>
      {shown.length === 0 ? null : (
        <table className="w-full table-fixed border-collapse text-table" aria-label={label}>
          <colgroup>
            <col className="w-8" />
            <col className="w-44 max-medium:w-32 max-narrow:w-20" />
            <col />
            {/* B begins where the right half of the page does. */}
            <col className="w-1/2 max-medium:w-2/5" />
          </colgroup>
          <thead className="sr-only">
            <tr>
              <th scope="col">State</th>
              <th scope="col">Place</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {positioned(shown).map(({ key, item }) => (
              <Row key={key} row={item} />
            ))}
          </tbody>
        </table>
      )}
      {diff.omitted === 0 ? null : (
        <p className="border-t border-line px-4 py-1.5 text-table text-muted">
          {exactCount(diff.omitted)} more places; the raw bodies have them all.
        </p>
      )}
      {equal.length === 0 ? null : (
        <FoldLine
          open={open}
          onToggle={() => setOpen(!open)}
          brief={equal
            .slice(0, 6)
            .map((row) => row.path)
            .filter(Boolean)
            .join(" · ")}
        >
          {exactCount(equal.length)} equal {equal.length === 1 ? noun : `${noun}s`}
        </FoldLine>
      )}
    </div>
  );
}

const states: Readonly<Record<ValueRow["state"], { sign: string; word: string }>> = {
  equal: { sign: "=", word: "equal" },
  changed: { sign: "≠", word: "changed" },
  removed: { sign: "−", word: "only in A" },
  added: { sign: "+", word: "only in B" },
};

function Row({ row }: { row: ValueRow }): ReactNode {
  const { sign, word } = states[row.state];
  const differs = row.state !== "equal";
  return (
    <tr
      {...(differs ? differenceProps : {})}
      className={clsx(
        "border-t border-line align-top -outline-offset-2 first:border-t-0 focus:outline-2 focus:outline-accent",
        !differs && "text-muted",
      )}
    >
      <td className="py-1 pl-4 font-mono" title={word}>
        <span aria-hidden="true">{sign}</span>
        <span className="sr-only">{word}</span>
      </td>
      <th
        scope="row"
        className="py-1 pr-3 text-left font-mono font-normal text-soft [overflow-wrap:anywhere]"
      >
        {row.path === "" ? "value" : row.path}
      </th>
      <td className="py-1 pr-4">
        <Value row={row} side="left" />
      </td>
      <td className="py-1 pr-4 pl-4">
        <Value row={row} side="right" />
      </td>
    </tr>
  );
}

function Value({ row, side }: { row: ValueRow; side: "left" | "right" }): ReactNode {
  const text = row[side];
  if (text === null) return <span className="text-muted">absent</span>;
  const own: Segment["kind"] = side === "left" ? "removed" : "added";
  const segments =
    row.segments === null
      ? [{ kind: row.state === "equal" ? ("equal" as const) : own, text }]
      : row.segments.filter((segment) => segment.kind === "equal" || segment.kind === own);
  return <Segments segments={segments} mono />;
}
