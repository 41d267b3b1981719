import { apiUrl } from "../../../api/client.ts";

/** Where a link in a model's or a caller's text may lead. Everything else is shown as text and leads nowhere. */
const linkProtocols: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/**
 * Reads an address that came from a message. Null for what the console must not open: scripts, `data:` pages,
 * files, and addresses without a host, which would lead into the console itself.
 */
export function readLink(href: string): URL | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return linkProtocols.has(url.protocol) ? url : null;
}

export type MediaSource =
  /** Shown in place: it comes from this server or from the address itself. */
  | { type: "inline"; src: string }
  /** On another host: named, never loaded by itself, since the console sends nothing out of the house. */
  | { type: "external"; host: string; href: string }
  | { type: "unreadable"; reason: string };

const blobPattern = /^weir-blob:sha256\/([0-9a-f]{64})$/;
const inlineTypes =
  /^data:(?:image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)|audio\/[\w.+-]+|video\/[\w.+-]+)[;,]/i;

/** The API's address of a stored payload. */
function blobUrl(sha256: string, projectId: string | undefined): string {
  return apiUrl(`/blobs/${sha256}`, { projectId });
}

/** Decides how an image, a sound or a file of a message can be shown without asking any other host for it. */
export function readMedia(url: string, projectId: string | undefined): MediaSource {
  const sha256 = blobPattern.exec(url)?.[1];
  if (sha256 !== undefined) return { type: "inline", src: blobUrl(sha256, projectId) };
  if (inlineTypes.test(url)) return { type: "inline", src: url };
  if (url.startsWith("data:")) {
    return {
      type: "unreadable",
      reason: `inline data of type ${/^data:([^;,]*)/.exec(url)?.[1] || "unknown"}`,
    };
  }
  const link = readLink(url);
  if (link !== null && link.host !== "") return { type: "external", host: link.host, href: link.href };
  return {
    type: "unreadable",
    reason: url === "" ? "no address was recorded" : "an address that cannot be opened",
  };
}
