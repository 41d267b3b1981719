import type { KeyboardEvent } from "react";
import type { Completion } from "./query-completion.ts";

/** What the keys of the query's field act on. */
export interface QueryActions {
  /** Empty while nothing is on offer. */
  completions: readonly Completion[];
  active: number;
  /** Whether a part of a word has been typed, which Tab may then complete. */
  partial: boolean;
  setActive: (active: number) => void;
  choose: (completion: Completion) => void;
  commit: () => void;
  close: () => void;
  leave: () => void;
}

/** What of a key press says what it does. */
export type QueryPress = Pick<KeyboardEvent, "key" | "shiftKey" | "preventDefault">;

/** Arrows choose, Tab takes, Enter applies, Esc closes and then gives up. */
export function pressInQuery(event: QueryPress, actions: QueryActions): void {
  const { completions, active } = actions;
  const chosen = completions[active];
  const offered = completions.length > 0;
  if (offered && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    // One more place than there are completions: none is chosen there, and Enter applies what was typed.
    const places = completions.length + 1;
    const step = event.key === "ArrowDown" ? 1 : -1;
    actions.setActive(((active + 1 + step + places) % places) - 1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (chosen === undefined) actions.commit();
    else actions.choose(chosen);
  } else if (event.key === "Tab" && offered && !event.shiftKey && (chosen !== undefined || actions.partial)) {
    const taken = chosen ?? completions[0];
    if (taken === undefined) return;
    event.preventDefault();
    actions.choose(taken);
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (offered) actions.close();
    else actions.leave();
  }
}

/**
 * Takes the focus from the field without applying what is in it: the field hears at once that it was left, before
 * React has taken the draft away, and learns from `leaving` that nothing is to be applied.
 */
export function leaveUnapplied(
  input: Pick<HTMLInputElement, "blur"> | null,
  leaving: { current: boolean },
): void {
  leaving.current = true;
  input?.blur();
  leaving.current = false;
}
