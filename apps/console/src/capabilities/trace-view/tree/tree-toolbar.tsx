import { ChevronsDownUp, ChevronsUpDown, Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button, IconButton } from "../../../components/button.tsx";
import { StatusMark } from "../../../components/status-mark.tsx";
import { SearchField } from "../raw/search-field.tsx";
import type { TreeState } from "./use-tree-state.ts";

/** Above the tree: find, show only what failed, fold, zoom. */
export function TreeToolbar({
  state,
  inputRef,
  errorCount,
  wide,
}: {
  state: TreeState;
  inputRef: Ref<HTMLInputElement>;
  errorCount: number;
  wide: boolean;
}): ReactNode {
  return (
    <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line px-2">
      <SearchField
        label="Find in this trace"
        value={state.query}
        onChange={state.setQuery}
        count={state.matchCount}
        inputRef={inputRef}
      />
      <span className="ml-auto" />
      {errorCount === 0 ? null : (
        <Button
          size="small"
          variant="ghost"
          aria-pressed={state.errorsOnly}
          title="Show only the spans that failed"
          className="text-bad-text aria-pressed:bg-bad-soft"
          onClick={() => state.setErrorsOnly(!state.errorsOnly)}
        >
          <StatusMark state="error" label={`${errorCount.toLocaleString("en-US")} failed`} />
        </Button>
      )}
      {wide ? (
        <>
          <IconButton size="small" label="Zoom in" keys="+" onClick={() => state.zoomBy("in")}>
            <ZoomIn />
          </IconButton>
          <IconButton
            size="small"
            label="Zoom out"
            keys="−"
            onClick={() => state.zoomBy("out")}
            disabled={!state.zoomed}
          >
            <ZoomOut />
          </IconButton>
          <IconButton
            size="small"
            label="Show the whole time"
            keys="0"
            onClick={() => state.zoomBy("all")}
            disabled={!state.zoomed}
          >
            <Maximize2 />
          </IconButton>
        </>
      ) : null}
      <IconButton size="small" label="Collapse all" onClick={state.foldAll}>
        <ChevronsDownUp />
      </IconButton>
      <IconButton size="small" label="Expand all" onClick={state.unfoldAll}>
        <ChevronsUpDown />
      </IconButton>
    </div>
  );
}
