import type { ReactNode } from "react";
import { Dialog } from "../components/dialog.tsx";
import { KeyHint } from "../components/key-hint.tsx";
import { useAllShortcuts } from "./shortcuts.ts";

const printed: Readonly<Record<string, string>> = {
  escape: "Esc",
  enter: "↵",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  space: "Space",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  shift: "⇧",
  mod: "mod",
};

/** `shift+f` as `⇧ F`, `g t` as `G T`. */
export function printKeys(keys: string): string {
  return keys
    .split(/[ +]/)
    .map((key) => printed[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(" ");
}

/** Every key that works on the page that is open. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const registrations = useAllShortcuts();
  const groups = new Map<string, Map<string, string[]>>();
  for (const { group, shortcuts } of registrations) {
    const lines = groups.get(group) ?? new Map<string, string[]>();
    for (const { keys, label } of shortcuts) {
      if (label !== "") lines.set(label, [...(lines.get(label) ?? []), keys]);
    }
    groups.set(group, lines);
  }
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onClose())} title="Keys of this page">
      <div className="gap-x-8 narrow:columns-2">
        {[...groups].map(([group, lines]) =>
          lines.size === 0 ? null : (
            <section key={group} className="mb-4 break-inside-avoid">
              <h3 className="mb-1 text-label font-normal text-muted">{group}</h3>
              <dl className="flex flex-col gap-1">
                {[...lines].map(([label, keys]) => (
                  <div key={label} className="flex items-center justify-between gap-4">
                    <dt className="text-soft">{label}</dt>
                    <dd className="flex shrink-0 gap-2">
                      {[...new Set(keys)].map((each) => (
                        <KeyHint key={each} keys={printKeys(each)} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ),
        )}
      </div>
    </Dialog>
  );
}
