import { useCallback, useSyncExternalStore } from "react";

/** The rows that are selected in the trace list, and how that changes. */
export interface Selection {
  selected: ReadonlySet<string>;
  toggleSelected: (traceId: string) => void;
  clearSelection: () => void;
}

const none: ReadonlySet<string> = new Set();

// Outside the page, so that Back from a comparison leads to the same selection. It is the reader's and no part of the
// URL; traces of another project are never among them.
let kept: { project: string | undefined; ids: ReadonlySet<string> } = { project: undefined, ids: none };
const listeners = new Set<() => void>();

function keep(project: string | undefined, ids: ReadonlySet<string>): void {
  kept = { project, ids };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const selectedIn = (project: string | undefined): ReadonlySet<string> =>
  kept.project === project ? kept.ids : none;

/** The selection of a project's trace list, for as long as the console is open. */
export function useSelection(project: string | undefined): Selection {
  const selected = useSyncExternalStore(subscribe, () => selectedIn(project));
  const toggleSelected = useCallback(
    (traceId: string): void => {
      const next = new Set(selectedIn(project));
      if (!next.delete(traceId)) next.add(traceId);
      keep(project, next);
    },
    [project],
  );
  const clearSelection = useCallback(() => keep(project, none), [project]);
  return { selected, toggleSelected, clearSelection };
}
