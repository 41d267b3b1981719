import { ProvidersError } from "../errors.ts";
import type { MediaSource } from "./canonical.ts";

/** A few parameters are many; millions would exhaust the stack that the pattern is tried with. */
const dataUrlPattern = /^data:([^;,]*)((?:;[^;,]*){0,16}),/i;
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads an image or file URL: `data:` becomes inline data, `http(s):` stays a URL.
 * @throws ProvidersError naming `path` when it is neither, or not base64
 */
export function readMediaUrl(options: { url: string; path: string; what: "image" | "file" }): MediaSource {
  const { url, path, what } = options;
  if (/^https?:\/\//i.test(url)) return { kind: "url", url };
  const match = dataUrlPattern.exec(url);
  if (match === null) {
    throw unreadable(what, path, `is neither an http(s) URL nor a data URL with base64 data.`);
  }
  if (!/;base64$/i.test(match[2] ?? "")) {
    throw unreadable(what, path, `is a data URL without ";base64"; encode the ${what} as base64.`);
  }
  return { kind: "base64", mediaType: (match[1] ?? "").toLowerCase(), data: url.slice(match[0].length) };
}

/** Checks base64 text and takes out the white space that some encoders put in. */
export function checkBase64(options: { data: string; path: string; what: "image" | "file" }): string {
  const data = /\s/.test(options.data) ? options.data.replaceAll(/\s+/g, "") : options.data;
  if (data === "") throw unreadable(options.what, options.path, `holds no data.`);
  if (data.length % 4 === 1 || !base64Pattern.test(data)) {
    throw unreadable(
      options.what,
      options.path,
      `is not valid base64; send the ${options.what}'s bytes encoded as base64.`,
    );
  }
  return data;
}

const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/**
 * Tells an image's type by its first bytes; every provider here reads PNG, JPEG, GIF and WebP.
 * @throws ProvidersError naming `path` when the bytes are none of these
 */
export function detectImageType(options: { data: string; path: string }): string {
  // 24 characters of base64 are 18 bytes, enough for every signature below.
  const head = Buffer.from(options.data.slice(0, 24), "base64");
  const text = head.toString("latin1");
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "image/gif";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  throw unreadable(
    "image",
    options.path,
    `does not begin like any of ${imageTypes.join(", ")}; send one of these.`,
  );
}

function unreadable(what: "image" | "file", path: string, problem: string): ProvidersError {
  return new ProvidersError({
    code: what === "image" ? "unreadable_image" : "unreadable_file",
    parameter: path,
    message: `${path}: the ${what} ${problem}`,
  });
}
