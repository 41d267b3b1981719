/** Media that a browser shows without running anything in it; everything else is only ever saved. */
const shownInline = /^(image\/(png|jpeg|gif|webp|avif)|audio\/[\w.+-]+|video\/(mp4|webm)|text\/plain)$/;
/** Saved, but as what it is. The type of any other file is kept back, so that no page can load it as a script of ours. */
const savedAsItself = new Set(["application/pdf"]);

/** The headers under which the bytes of a stored file are sent, whatever an application said that they are. */
export function blobHeaders(options: { sha256: string; mediaType: string }): Record<string, string> {
  const mediaType = options.mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  const inline = shownInline.test(mediaType);
  const told = inline || savedAsItself.has(mediaType);
  return {
    "content-type": told ? mediaType : "application/octet-stream",
    "content-disposition": `${inline ? "inline" : "attachment"}; filename="${options.sha256.slice(0, 16)}"`,
    // Whatever an application sent is shown as data: no script, no request, no form.
    "content-security-policy":
      "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=31536000, immutable",
  };
}
