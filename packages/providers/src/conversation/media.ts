import type { MessagePart } from "@weir/schema";

/** Where a media part's bytes are, whatever a protocol calls it. */
interface MediaSource {
  modality: string;
  /** Base64 bytes, a URL of the caller's, a `data:` URL or a `weir-blob:` URL. */
  location: string;
  /** What the message says the media is; guessed from the bytes or the URL where it is absent. */
  mediaType?: string;
}

const dataUrl = /^data:([^;,]+)/i;

/** A media part; base64 becomes a `data:` URL, and every URL stays as it is. */
export function mediaPart(source: MediaSource): MessagePart {
  const { modality, location } = source;
  const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(location);
  const declared = source.mediaType ?? "";
  if (isUrl || location === "") {
    const mediaType = declared || (dataUrl.exec(location)?.[1] ?? `${familyOf(modality)}/*`);
    return { type: "media", modality, mediaType, url: location };
  }
  const mediaType = declared || guessMediaType(location) || `${familyOf(modality)}/*`;
  return { type: "media", modality, mediaType, url: `data:${mediaType};base64,${location}` };
}

function familyOf(modality: string): string {
  return modality === "image" || modality === "audio" || modality === "video" ? modality : "application";
}

/** The first bytes of common formats, in base64. */
const signatures: readonly (readonly [string, string])[] = [
  ["UklGR", "audio/wav"],
  ["SUQz", "audio/mpeg"],
  ["//", "audio/mpeg"],
  ["T2dnUw", "audio/ogg"],
  ["ZkxhQ", "audio/flac"],
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["JVBERi0", "application/pdf"],
];

function guessMediaType(base64: string): string {
  // The longest match wins: JPEG begins with the two characters that MP3 frames begin with.
  let best = "";
  let length = 0;
  for (const [prefix, mediaType] of signatures) {
    if (prefix.length > length && base64.startsWith(prefix)) {
      best = mediaType;
      length = prefix.length;
    }
  }
  return best;
}
