import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { extractMedia } from "./media.ts";

function extract(text: string, minBytes = 1024) {
  const blobs: { bytes: Uint8Array; mediaType: string }[] = [];
  const light = extractMedia(text, minBytes, (blob) => {
    blobs.push(blob);
    return createHash("sha256").update(blob.bytes).digest("hex");
  });
  return { light, blobs };
}

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256));
const base64 = bytes.toString("base64");
const reference = `weir-blob:sha256/${createHash("sha256").update(bytes).digest("hex")}`;

describe("media", () => {
  test.each([
    [`{"image_url":{"url":"data:image/webp;base64,${base64}"}}`, "image/webp"],
    [`{"image_url" : "data:image\\/webp;base64,${base64.replaceAll("/", "\\/")}"}`, "image/webp"],
    [`{"source":{"type":"base64","media_type":"application/pdf","data":"${base64}"}}`, "application/pdf"],
    [`{"input_audio":{"data":"${base64}","format":"wav"}}`, "audio/wav"],
    [`{"b64_json":"${base64}"}`, "application/octet-stream"],
    [`data: {"delta":{"audio":{"data":"${base64}"}}}\n\ndata: [DONE]\n\n`, "application/octet-stream"],
  ])("leaves %.30s…", (text, mediaType) => {
    const { light, blobs } = extract(text);
    expect(light).toContain(reference);
    expect(light.length).toBeLessThan(200);
    expect(blobs).toHaveLength(1);
    expect(Buffer.from(blobs[0]?.bytes ?? []).equals(bytes)).toBe(true);
    expect(blobs[0]?.mediaType).toBe(mediaType);
  });

  test("several leave one text, wherever they stand", () => {
    for (let pad = 0; pad < 3000; pad += 111) {
      const text = JSON.stringify([
        { text: " .".repeat(pad) },
        { data: base64 },
        { data: base64 },
        { text: "end" },
      ]);
      expect(extract(text).light).toBe(text.replaceAll(base64, reference));
    }
  });

  test("a small one stays, and so does whatever is no media", () => {
    for (const text of [
      `{"data":"${base64.slice(0, 1000)}"}`,
      `{"content":"${"prose with spaces. ".repeat(500)}"}`,
      `{"signature":"${base64}"}`,
      `{"embedding":"${base64}"}`,
      base64,
    ]) {
      expect(extract(text)).toEqual({ light: text, blobs: [] });
    }
  });

  test("a long text of base64 that is no media is looked at once", () => {
    const long = base64.repeat(2_000);
    const startedMs = performance.now();
    for (const text of [`{"content":"${long}"}`, `{"data":"${long}*"}`, long, `"${long}`]) {
      expect(extract(text)).toEqual({ light: text, blobs: [] });
    }
    const { light } = extract(JSON.stringify([{ content: long }, { data: base64 }]));
    expect(light).toContain(reference);
    // A look at every stride would take minutes.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test("what cannot be written stays where it is", () => {
    const text = `{"data":"${base64}"}`;
    expect(extractMedia(text, 1024, () => null)).toBe(text);
  });
});
