/** Stores bytes as a content-addressed file; null when they could not be written. */
export type StoreBlob = (blob: { bytes: Uint8Array; mediaType: string }) => string | null;

/** How a row points at a file: this, then 64 hex digits. */
export const blobReferencePrefix = "weir-blob:sha256/";

/** Base64 anywhere in a `data:` URL, or alone under one of these names, is media that somebody sent. */
const mediaKeys = new Set(["data", "b64_json", "file_data", "image_url", "url", "bytes"]);
/** What nobody knows more of is written as `audio/*`, which names no type of a file. */
const dataUrlPattern =
  /^data:(?:([a-zA-Z0-9.+-]+\/[a-zA-Z0-9.+-]+)|[a-z]+\/\*)?(?:;[a-zA-Z0-9=.+-]+)*;base64,/;
const base64Pattern = /^[A-Za-z0-9+/_-]+={0,2}$/;
const keyPattern = /"([A-Za-z_0-9]+)"\s*:\s*$/;
const mediaTypePattern = /"(?:media_type|mime_type|mimeType)"\s*:\s*"([a-zA-Z0-9.+-]+\/[a-zA-Z0-9.+-]+)"/;
/** OpenAI says of audio only this much. */
const audioFormatPattern = /"format"\s*:\s*"(wav|mp3|flac|opus|aac)"/;

/** First base64 characters of formats that say what they are. */
const magicNumbers: { base64: string; mediaType: string }[] = [
  { base64: "iVBORw0KGgo", mediaType: "image/png" },
  { base64: "/9j/", mediaType: "image/jpeg" },
  { base64: "R0lGOD", mediaType: "image/gif" },
  { base64: "JVBERi0", mediaType: "application/pdf" },
  { base64: "SUQz", mediaType: "audio/mpeg" },
  { base64: "T2dnUw", mediaType: "audio/ogg" },
];

function sniff(base64: string): string | undefined {
  if (base64.startsWith("UklGR")) {
    return Buffer.from(base64.slice(0, 16), "base64").toString("latin1", 8, 12) === "WEBP"
      ? "image/webp"
      : "audio/wav";
  }
  return magicNumbers.find((entry) => base64.startsWith(entry.base64))?.mediaType;
}

interface MediaString {
  /** Indices of the first character inside the quotes and of the closing quote. */
  start: number;
  end: number;
  base64: string;
  mediaType: string;
}

/** Reads a JSON string, if it is media. */
function readMedia(text: string, { start, end }: { start: number; end: number }): MediaString | null {
  // Some serialisers write `/` as `\\/`.
  const unescaped = (piece: string): string => piece.replaceAll("\\/", "/");
  const dataUrl = dataUrlPattern.exec(unescaped(text.slice(start, Math.min(end, start + 256))));
  const key = keyPattern.exec(text.slice(Math.max(0, start - 80), start - 1))?.[1] ?? "";
  if (dataUrl === null && !mediaKeys.has(key)) return null;
  const value = unescaped(text.slice(start, end));
  const base64 = dataUrl === null ? value : value.slice(dataUrl[0].length);
  if (!base64Pattern.test(base64)) return null;
  const vicinity = text.slice(Math.max(0, start - 300), start) + text.slice(end, end + 300);
  const audioFormat = audioFormatPattern.exec(vicinity)?.[1];
  const mediaType =
    dataUrl?.[1] ??
    sniff(base64) ??
    mediaTypePattern.exec(vicinity)?.[1] ??
    (audioFormat === undefined ? "application/octet-stream" : `audio/${audioFormat}`);
  return { start, end, base64, mediaType };
}

const isBase64Code = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2b ||
  code === 0x2f ||
  code === 0x2d ||
  code === 0x5f ||
  code === 0x5c;

/** Prose is told from base64 within a few characters: it has spaces, quotes and commas. */
function looksLikeBase64(text: string, from: number): boolean {
  const to = Math.min(text.length, from + 96);
  for (let index = from; index < to; index += 1) if (!isBase64Code(text.charCodeAt(index))) return false;
  return true;
}

/**
 * Moves large media out of a JSON text (or the JSON in an event stream) into blob files, leaving
 * `weir-blob:sha256/<hex>` in its place. It probes the text at strides that no large string can slip through,
 * so an ordinary body costs a few comparisons. Media that cannot be written stays where it is.
 */
export function extractMedia(text: string, minBytes: number, storeBlob: StoreBlob): string {
  const minCharacters = Math.ceil((minBytes * 4) / 3);
  if (text.length < minCharacters) return text;
  const stride = Math.max(1, Math.floor(minCharacters / 2) - 128);
  const parts: string[] = [];
  let copied = 0;
  let index = stride;
  while (index < text.length) {
    if (!looksLikeBase64(text, index)) {
      index += stride;
      continue;
    }
    const start = text.lastIndexOf('"', index) + 1;
    const quote = text.indexOf('"', index);
    const end = quote === -1 ? text.length : quote;
    // Media or not, all of this string is looked at once: text may be as long as a body.
    index = end + stride;
    const quoted = start > 0 && quote !== -1 && end - start >= minCharacters;
    const media = quoted ? readMedia(text, { start, end }) : null;
    if (media === null) continue;
    const sha256 = storeBlob({ bytes: Buffer.from(media.base64, "base64"), mediaType: media.mediaType });
    if (sha256 !== null) {
      parts.push(text.slice(copied, media.start), blobReferencePrefix, sha256);
      copied = media.end;
    }
  }
  if (copied === 0) return text;
  parts.push(text.slice(copied));
  return parts.join("");
}
