import { expect, test } from "vitest";
import { blobHeaders } from "./blob-headers.ts";

const told = (mediaType: string) => {
  const headers = blobHeaders({ sha256: "a".repeat(64), mediaType });
  return [headers["content-type"], headers["content-disposition"]?.split(";")[0]];
};

test.each([
  ["image/png", "image/png", "inline"],
  ["Image/WebP", "image/webp", "inline"],
  ["text/plain; charset=utf-8", "text/plain", "inline"],
  ["application/pdf", "application/pdf", "attachment"],
  ["text/html", "application/octet-stream", "attachment"],
  ["image/svg+xml", "application/octet-stream", "attachment"],
  ["text/javascript", "application/octet-stream", "attachment"],
  ["", "application/octet-stream", "attachment"],
])("a file that was said to be %j is sent as %s, %s", (mediaType, sent, disposition) => {
  expect(told(mediaType)).toEqual([sent, disposition]);
});
