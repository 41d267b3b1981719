import { clsx } from "clsx";
import { useState, type ReactNode } from "react";
import { positioned } from "../../trace-view/position-keys.ts";
import type { ValueDiff } from "../diff/value-diff.ts";
import type { FigureRow } from "../figures.ts";
import { FoldLine } from "./fold-line.tsx";
import { ValueDiffView } from "./value-diff-view.tsx";

/** The figures of both traces, and what B has more or less than A. */
export function FiguresTable({
  rows,
  callRows,
  onlyDifferences,
}: {
  rows: readonly FigureRow[];
  /** Of the two compared calls; those that differ. */
  callRows: readonly FigureRow[];
  onlyDifferences: boolean;
}): ReactNode {
  const all = [...rows, ...callRows];
  const shown = onlyDifferences ? all.filter((row) => row.differs) : all;
  if (shown.length === 0) return null;
  return (
    <table className="w-full max-w-[800px] table-fixed border-collapse text-table" aria-label="Figures">
      <colgroup>
        <col className="w-36 max-narrow:w-28" />
        <col />
        <col />
        <col className="w-40 max-narrow:w-24" />
      </colgroup>
      <thead>
        <tr className="h-7 text-label text-muted [&>th]:font-normal">
          <th scope="col" className="pl-4 text-left">
            <span className="sr-only">Figure</span>
          </th>
          <th scope="col" className="px-2 text-right">
            A
          </th>
          <th scope="col" className="px-2 text-right">
            B
          </th>
          <th scope="col" className="pr-4 pl-2 text-right">
            B − A
            <Change text="" />
          </th>
        </tr>
      </thead>
      <tbody>
        {positioned(shown).map(({ key, item }) => (
          <Line key={key} row={item} />
        ))}
      </tbody>
    </table>
  );
}

const cell = "px-2 py-1 text-right [overflow-wrap:anywhere]";

function Line({ row }: { row: FigureRow }): ReactNode {
  return (
    <tr className="border-t border-line align-baseline">
      <th
        scope="row"
        title={row.definition}
        className="py-1 pr-2 pl-4 text-left font-normal text-soft [overflow-wrap:anywhere]"
      >
        {row.label}
      </th>
      <td className={cell} title={row.exact.left}>
        {row.text.left}
      </td>
      <td className={cell} title={row.exact.right}>
        {row.text.right}
      </td>
      <td className={clsx("py-1 pr-4 pl-2 text-right", row.differs ? "font-medium" : "text-muted")}>
        <Difference row={row} />
      </td>
    </tr>
  );
}

function Difference({ row }: { row: FigureRow }): ReactNode {
  if (row.difference === "=" || row.difference === "≠") {
    const word = row.differs ? "differs" : "equal";
    return (
      <>
        <span aria-hidden="true" title={word}>
          {row.difference}
        </span>
        <span className="sr-only">{word}</span>
        <Change text="" />
      </>
    );
  }
  return (
    <>
      {row.difference}
      <Change text={row.change} />
    </>
  );
}

/** A column of its own within the cell, so that the figures before it stand under each other. */
function Change({ text }: { text: string }): ReactNode {
  return (
    <span className="ml-2 inline-block w-14 font-normal whitespace-nowrap text-muted max-narrow:hidden">
      {text}
    </span>
  );
}

/** Parameters and tools of the two calls. Nothing where neither has any; one line where they are the same. */
export function SettingsDiff({
  diff,
  onlyDifferences,
}: {
  diff: ValueDiff;
  onlyDifferences: boolean;
}): ReactNode {
  const [open, setOpen] = useState(true);
  const changed = diff.rows.filter((row) => row.state !== "equal").length + diff.omitted;
  if (diff.rows.every((row) => row.path === "")) return null;
  if (changed === 0 && onlyDifferences) return null;
  return (
    <section aria-label="Call settings" className="border-t border-line">
      {changed === 0 ? (
        <ValueDiffView diff={diff} label="Call settings" noun="setting" />
      ) : (
        <>
          <FoldLine open={open} onToggle={() => setOpen(!open)}>
            {changed} {changed === 1 ? "setting differs" : "settings differ"}
          </FoldLine>
          {open ? <ValueDiffView diff={diff} label="Call settings" noun="setting" /> : null}
        </>
      )}
    </section>
  );
}
