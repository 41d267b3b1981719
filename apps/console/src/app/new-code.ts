const reloadedAtKey = "weir.reloadedAt";
const reloadPauseMs = 10_000;

/** Whether a page of the server, as it is now, begins with other code than the page that is open. */
export function hasOtherCode(html: string, entry: string | null): boolean {
  return entry !== null && html.includes("<html") && !html.includes(entry);
}

/**
 * A page that was open during an upgrade asks for code that is gone; a reload gets the new one. Only from a server
 * that answers with other code: without one, a reload would put the browser's error page in the console's place.
 */
export async function reloadForNewCode(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(reloadedAtKey) ?? "0") < reloadPauseMs) return;
  const entry = document.querySelector("script[type=module][src]")?.getAttribute("src") ?? null;
  try {
    const answer = await fetch("/", { cache: "no-store", headers: { accept: "text/html" } });
    if (!answer.ok || !hasOtherCode(await answer.text(), entry)) return;
  } catch {
    // The server is away; what needed the code says so and asks again.
    return;
  }
  sessionStorage.setItem(reloadedAtKey, String(Date.now()));
  window.location.reload();
}
