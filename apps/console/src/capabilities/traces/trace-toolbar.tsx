import { PanelLeft } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { Scope } from "../../api/queries.ts";
import { IconButton } from "../../components/button.tsx";
import { ColumnMenu } from "./column-menu.tsx";
import { FacetDrawer } from "./facet-drawer.tsx";
import { QueryBar } from "./query-bar.tsx";
import type { TraceColumn } from "./trace-columns.tsx";

/** The row above the list: facets on or off, the query, the columns. */
export function TraceToolbar({
  scope,
  live,
  queryRef,
  columns,
  facetsShown,
  onFilter,
  onFacets,
  onColumns,
}: {
  scope: Scope;
  live: boolean;
  queryRef: RefObject<HTMLInputElement | null>;
  columns: readonly TraceColumn[];
  facetsShown: boolean;
  onFilter: (filter: string) => void;
  onFacets: () => void;
  onColumns: (ids: readonly string[]) => void;
}): ReactNode {
  return (
    <div className="flex shrink-0 items-start gap-1 border-b border-line px-2 py-1.5">
      <IconButton
        label={facetsShown ? "Hide the facets" : "Show the facets"}
        pressed={facetsShown}
        onClick={onFacets}
        className="mt-0.5 max-medium:hidden"
      >
        <PanelLeft />
      </IconButton>
      <FacetDrawer scope={scope} live={live} onFilter={onFilter} />
      <QueryBar filter={scope.filter} scope={scope} inputRef={queryRef} onFilter={onFilter} />
      <span className="mt-0.5">
        <ColumnMenu columns={columns} onChange={onColumns} />
      </span>
    </div>
  );
}
