import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { TraceSummary } from "@weir/schema";
import { useCallback, useSyncExternalStore } from "react";
import { toggleRow, type SelectedRows } from "./selected-rows.ts";

/** The rows that are selected in the trace list, and how that changes. */
export interface Selection {
  selected: SelectedRows;
  toggleSelected: (row: TraceSummary) => void;
  clearSelection: () => void;
}

const none: SelectedRows = new Map();
const listeners = new Set<() => void>();
const keyOf = (project: string | undefined): readonly unknown[] => ["trace-selection", project];

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The rows of a project's list that are selected. */
export function selectedIn(queryClient: QueryClient, project: string | undefined): SelectedRows {
  return queryClient.getQueryData<SelectedRows>(keyOf(project)) ?? none;
}

/**
 * Keeps a selection outside the page, so that Back from a comparison leads to the same one, and beside what was read
 * from the server, so that signing out forgets its rows too. It is the reader's and no part of the URL.
 */
export function keepSelected(
  queryClient: QueryClient,
  { project, selected }: { project: string | undefined; selected: SelectedRows },
): void {
  // No query watches it, and it would be dropped after some minutes.
  queryClient.setQueryDefaults(keyOf(project), { gcTime: Number.POSITIVE_INFINITY });
  queryClient.setQueryData(keyOf(project), selected);
  // The cache tells of it a moment later, when the next key may have been pressed already.
  for (const listener of listeners) listener();
}

/** The selection of a project's trace list, until the reader signs out. */
export function useSelection(project: string | undefined): Selection {
  const queryClient = useQueryClient();
  const selected = useSyncExternalStore(subscribe, () => selectedIn(queryClient, project));
  const toggleSelected = useCallback(
    (row: TraceSummary): void => {
      keepSelected(queryClient, { project, selected: toggleRow(selectedIn(queryClient, project), row) });
    },
    [queryClient, project],
  );
  const clearSelection = useCallback(
    () => keepSelected(queryClient, { project, selected: none }),
    [queryClient, project],
  );
  return { selected, toggleSelected, clearSelection };
}
