import { keepOverReload } from "./kept-over-reload.ts";

const reloadedAtKey = "weir.reloadedAt";
const reloadPauseMs = 10_000;

/** Whether a page of the server, as it is now, begins with other code than the page that is open. */
export function hasOtherCode(html: string, entry: string | null): boolean {
  return entry !== null && html.includes("<html") && !html.includes(entry);
}

/** Reloads if the server has the page and `wants` it; without a server the browser's error page would be in its place. */
async function reloadIf(wants: (html: string) => boolean): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(reloadedAtKey) ?? "0") < reloadPauseMs) return;
  try {
    const answer = await fetch("/", { cache: "no-store", headers: { accept: "text/html" } });
    if (!answer.ok || !wants(await answer.text())) return;
  } catch {
    // The server is away; what needed the code says so and asks again.
    return;
  }
  sessionStorage.setItem(reloadedAtKey, String(Date.now()));
  keepOverReload();
  window.location.reload();
}

/** A page that was open during an upgrade asks for code that is gone; a reload gets the new one. */
export async function reloadForNewCode(): Promise<void> {
  const entry = document.querySelector("script[type=module][src]")?.getAttribute("src") ?? null;
  await reloadIf((html) => hasOtherCode(html, entry));
}

/** Firefox and Safari do not ask a second time for a module that they once could not read; after a reload they do. */
export async function reloadForLostCode(): Promise<void> {
  await reloadIf(() => true);
}
