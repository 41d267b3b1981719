import { useCallback, useRef } from "react";

/**
 * Remembers what has the focus when a dialog opens, and gives it back when the dialog closes; to the page when it is
 * gone by then. Radix does this only for a dialog with a trigger of its own.
 */
export function useReturnFocus(): { remember: () => void; giveBack: () => void } {
  const opener = useRef<Element | null>(null);
  const remember = useCallback(() => {
    opener.current = document.activeElement;
  }, []);
  const giveBack = useCallback(() => {
    const element = opener.current;
    const target = element?.isConnected === true ? element : document.getElementById("content");
    if (target instanceof HTMLElement) target.focus();
  }, []);
  return { remember, giveBack };
}
