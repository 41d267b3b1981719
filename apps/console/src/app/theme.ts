import { useEffect } from "react";
import { useStored } from "./stored.ts";

/** `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

/** The chosen theme, the one that shows, and how to choose. `public/theme.js` applies it before the first paint. */
export function useTheme(): { theme: Theme; setTheme: (theme: Theme) => void; toggleTheme: () => void } {
  const [stored, store] = useStored("theme");
  const theme: Theme = stored === "light" || stored === "dark" ? stored : "system";
  useEffect(() => {
    if (theme === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = theme;
    window.dispatchEvent(new Event("weir-theme"));
  }, [theme]);
  const setTheme = (next: Theme): void => store(next === "system" ? null : next);
  const toggleTheme = (): void => {
    const dark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
    setTheme(dark ? "light" : "dark");
  };
  return { theme, setTheme, toggleTheme };
}

/** Calls back when the colours on the screen change, for what is painted on a canvas. */
export function onThemeChange(listener: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", listener);
  window.addEventListener("weir-theme", listener);
  return () => {
    media.removeEventListener("change", listener);
    window.removeEventListener("weir-theme", listener);
  };
}
