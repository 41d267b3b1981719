import { Columns3 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../components/button.tsx";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from "../../components/menu.tsx";
import { defaultColumnIds, traceColumns, type TraceColumn } from "./trace-columns.tsx";

/** Which columns the list shows. */
export function ColumnMenu({
  columns,
  onChange,
}: {
  columns: readonly TraceColumn[];
  onChange: (ids: readonly string[]) => void;
}): ReactNode {
  const shown = columns.map((column) => column.id);
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="ghost" aria-label="Columns">
          <Columns3 />
          <span className="hidden medium:inline">Columns</span>
        </Button>
      }
    >
      <MenuLabel>Columns</MenuLabel>
      {traceColumns.map((column) => (
        <MenuCheck
          key={column.id}
          checked={shown.includes(column.id)}
          disabled={shown.length === 1 && shown.includes(column.id)}
          onChange={(checked) =>
            onChange(checked ? [...shown, column.id] : shown.filter((id) => id !== column.id))
          }
        >
          {column.title}
        </MenuCheck>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => onChange(defaultColumnIds)}>Back to the usual columns</MenuItem>
    </Menu>
  );
}
