import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

/** One key, or two in a row such as `g t`. Keys are `KeyboardEvent.key` in lower case; `mod+k` is ⌘K or Ctrl+K. */
export interface Shortcut {
  keys: string;
  /** What it does, as `?` lists it. */
  label: string;
  run: (event: KeyboardEvent) => void;
}

interface Registration {
  group: string;
  shortcuts: readonly Shortcut[];
}

const sequenceMs = 1200;
let registrations: readonly Registration[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Registration[]): void {
  registrations = next;
  for (const listener of listeners) listener();
}

/** Whether a key press belongs to what has the focus: a field, a menu, a dialog. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target.closest("[role=dialog],[role=menu],[role=listbox]") !== null) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || isTextInput(target);
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

const pressed = "a[href],button,summary,[role=button],[role=tab],[role=switch],[role=checkbox]";
const scrolled = "[role=group][tabindex='0'],[role=separator],audio,video";

/** Whether the browser itself does something with the key where the focus is: press a button, scroll a box. */
function ownsKey(target: EventTarget | null, name: string): boolean {
  // In the list's grid the keys are the grid's, whatever a click has left the focus on.
  if (!(target instanceof Element) || target.closest("[role=grid]") !== null) return false;
  if (name === "enter" || name === "space") return target.closest(pressed) !== null;
  return /^(?:arrow|page|home$|end$)/.test(name) && target.closest(scrolled) !== null;
}

/** `mod+k`, `shift+f`, `?`, `escape`: how a press is written in `Shortcut.keys`. */
export function pressName(
  event: Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey" | "shiftKey">,
): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const mod = event.metaKey || event.ctrlKey ? "mod+" : "";
  const alt = event.altKey ? "alt+" : "";
  // Shift already shows in `?` and the like; only letters and named keys need it said.
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? "shift+" : "";
  return mod + alt + shift + key;
}

let pending: { key: string; at: number } | null = null;

function find(keys: string): Shortcut | undefined {
  // What was registered last lies on top: a panel's Esc goes before the page's.
  for (const registration of registrations.toReversed()) {
    const found = registration.shortcuts.find((shortcut) => shortcut.keys === keys);
    if (found !== undefined) return found;
  }
  return undefined;
}

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const name = pressName(event);
  if (["shift+shift", "mod+control", "mod+meta", "alt+alt"].includes(name)) return;
  if (isTyping(event.target) && !name.startsWith("mod+")) return;
  if (ownsKey(event.target, name)) return;
  const first = pending !== null && Date.now() - pending.at < sequenceMs ? pending.key : null;
  pending = null;
  const shortcut = (first === null ? undefined : find(`${first} ${name}`)) ?? find(name);
  if (shortcut !== undefined) {
    event.preventDefault();
    shortcut.run(event);
    return;
  }
  const begins = registrations.some(({ shortcuts }) =>
    shortcuts.some(({ keys }) => keys.startsWith(`${name} `)),
  );
  if (begins) pending = { key: name, at: Date.now() };
}

/** Once, in the frame. */
export function useShortcutDispatch(): void {
  useEffect(() => {
    window.addEventListener("keydown", handle);
    return () => window.removeEventListener("keydown", handle);
  }, []);
}

/** Makes keys work while the calling component is on the screen. */
export function useShortcuts(group: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  // Before anything is painted: a key acts on what is on the screen.
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  const signature = shortcuts.map(({ keys, label }) => `${keys}\t${label}`).join("\n");
  useEffect(() => {
    const registration: Registration = {
      group,
      shortcuts:
        signature === ""
          ? []
          : signature.split("\n").map((line, index) => {
              const [keys = "", label = ""] = line.split("\t");
              return { keys, label, run: (event) => latest.current[index]?.run(event) };
            }),
    };
    change([...registrations, registration]);
    return () => change(registrations.filter((each) => each !== registration));
  }, [group, signature]);
}

/** Every shortcut that works now, by group, for `?`. */
export function useAllShortcuts(): readonly Registration[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registrations,
  );
}
