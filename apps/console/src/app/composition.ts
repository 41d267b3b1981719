/** Safari has ended the composition already when it tells of the Enter that ended it; only this code is left then. */
const composedKeyCode = 229;

/** Whether a key press is an input method's own, such as the Enter that takes a word in Japanese. */
export function isComposing(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === composedKeyCode;
}

/**
 * Once, at the start: what belongs to an input method reaches nothing on the page, neither our fields nor the dialogs
 * and menus of Radix, which close at any Esc. What the method writes comes as input, as ever.
 */
export function hideCompositionKeys(): void {
  window.addEventListener(
    "keydown",
    (event) => {
      if (isComposing(event)) event.stopPropagation();
    },
    { capture: true },
  );
}
