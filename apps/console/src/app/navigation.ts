import { Activity, Cpu, House, KeyRound, ListTree } from "lucide-react";
import type { ComponentType } from "react";

/** A place in the rail. An entry is listed here once its capability exists, never before. */
export interface NavigationEntry {
  label: string;
  to: "/" | "/traces" | "/settings/keys" | "/settings/models" | "/settings/system";
  icon: ComponentType<{ className?: string }>;
  /** The letter after `G`. */
  letter: string;
  /** Whether the page looks at a range of time, which the top bar then offers. */
  timed: boolean;
}

export interface NavigationGroup {
  label: string;
  entries: readonly NavigationEntry[];
}

/** The rail in the order of the loop: observe, improve, run, hold; then settings. */
export const navigation: readonly NavigationGroup[] = [
  {
    label: "Observe",
    entries: [
      { label: "Home", to: "/", icon: House, letter: "h", timed: true },
      { label: "Traces", to: "/traces", icon: ListTree, letter: "t", timed: true },
    ],
  },
  {
    label: "Settings",
    entries: [
      { label: "Keys", to: "/settings/keys", icon: KeyRound, letter: "k", timed: false },
      { label: "Models", to: "/settings/models", icon: Cpu, letter: "m", timed: false },
      { label: "System", to: "/settings/system", icon: Activity, letter: "s", timed: false },
    ],
  },
];

/** The entry that a path belongs to, and its group. */
export function findEntry(path: string): { group: NavigationGroup; entry: NavigationEntry } | undefined {
  for (const group of navigation) {
    for (const entry of group.entries) {
      if (entry.to === path || (entry.to !== "/" && path.startsWith(`${entry.to}/`))) return { group, entry };
    }
  }
  return undefined;
}

/** The name of a page under an entry, where it has one of its own. */
export function nameBelow(path: string): string | undefined {
  return path === "/traces/compare" ? "Compare" : undefined;
}
