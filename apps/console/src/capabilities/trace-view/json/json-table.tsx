import type { ReactNode } from "react";
import { entriesOf, isBranch, isRecord, parseJsonDocument } from "./json-value.ts";
import { JsonView, Scalar } from "./json-view.tsx";

/**
 * An object as a table of names and values, which is how arguments are read; values with parts of their own
 * become trees inside their cell. What is no object is shown as a tree or as text.
 */
export function JsonTable({ value, label }: { value: unknown; label: string }): ReactNode {
  if (!isRecord(value))
    return isBranch(value) ? <JsonView value={value} label={label} /> : <LooseValue value={value} />;
  const entries = entriesOf(value);
  if (entries.length === 0) return <p className="text-table text-muted">No arguments.</p>;
  return (
    <table className="w-full table-fixed border-collapse text-table" aria-label={label}>
      <colgroup>
        <col className="w-40 max-narrow:w-28" />
        <col />
      </colgroup>
      <tbody>
        {entries.map(([name, each]) => (
          <tr key={name} className="border-t border-line align-top first:border-t-0">
            <th
              scope="row"
              className="py-1 pr-3 text-left font-mono font-normal text-soft [overflow-wrap:anywhere]"
            >
              {name}
            </th>
            <td className="py-1 font-mono [overflow-wrap:anywhere]">
              <CellValue value={each} label={name} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CellValue({ value, label }: { value: unknown; label: string }): ReactNode {
  if (isBranch(value)) return <JsonView value={value} label={label} openDepth={1} />;
  return <Scalar value={value} />;
}

function LooseValue({ value }: { value: unknown }): ReactNode {
  if (typeof value === "string") {
    const parsed = parseJsonDocument(value);
    if (parsed.ok) return <JsonView value={parsed.value} label="Value" />;
  }
  return (
    <div className="font-mono text-table whitespace-pre-wrap [overflow-wrap:anywhere]">
      <Scalar value={value} />
    </div>
  );
}
