import { z } from "zod";

const anyUrl = "a URL that begins with https:// or http://, such as https://weir.example";

/**
 * The address that people and clients reach Weir by, as an origin: `https://weir.example`. What is refused is told as
 * words that go on after "must be", with `lead` before them.
 */
export function publicUrlSchema(lead: "" | "write ") {
  return z.string().transform((text, context) => {
    const url = URL.parse(text);
    const wanted = url === null ? anyUrl : wantedInstead(url);
    if (url !== null && wanted === null) return url.origin;
    context.addIssue({ code: "custom", message: `${lead}${wanted}` });
    return z.NEVER;
  });
}

function wantedInstead(url: URL): string | null {
  if (!["http:", "https:"].includes(url.protocol)) return anyUrl;
  if (url.username !== "" || url.password !== "") return "a URL without a user name or a password";
  if (url.search !== "" || url.hash !== "") return "a URL without a query or a fragment";
  if (url.pathname !== "/") {
    return `a URL without a path, such as ${url.origin}, because Weir serves its console and API from the root of a host`;
  }
  return null;
}
