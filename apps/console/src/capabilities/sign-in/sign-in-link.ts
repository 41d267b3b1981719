/** The token of a whole link, of its fragment, or alone; null when there is none. */
export function readSignInToken(text: string): string | null {
  const trimmed = text.trim();
  const inFragment = /#(?:.*&)?token=([^&\s]+)/.exec(trimmed)?.[1];
  if (inFragment !== undefined) return decode(inFragment);
  return /^[A-Za-z0-9_.~-]{16,200}$/.test(trimmed) ? trimmed : null;
}

/**
 * The token of the page's address, which it takes out: it must not stay in the history, where the next reader of this
 * machine would find it. A link that is opened a second time is there to be taken a second time.
 */
export function takeSignInToken({
  location,
  history,
}: {
  location: Pick<Location, "hash" | "pathname" | "search">;
  history: Pick<History, "state" | "replaceState">;
}): string | null {
  const token = readSignInToken(location.hash);
  if (token !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

function decode(text: string): string | null {
  try {
    const token = decodeURIComponent(text);
    return token.length <= 200 ? token : null;
  } catch (error) {
    // A link that was cut in the middle of an escape is no link.
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Where to go after signing in: only a path of this console, never another site that a link was made to name. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || next.startsWith("/sign-in")) return "/";
  return next;
}
