import { expect, test } from "vitest";
import { readStoredBody } from "./stored-body.ts";

const sha256 = "5e".repeat(32);
const long = "x".repeat(5000);
const whole = { restSha256: "", restLost: false, unkeptBytes: 0 };

test.each([
  ["a body that fits", long, { head: long, ...whole }],
  ["an empty body", "", { head: "", ...whole }],
  [
    "a body with its rest in a file",
    `${long}\nweir-blob:sha256/${sha256}`,
    { head: long, ...whole, restSha256: sha256 },
  ],
  [
    "a body longer than is recorded",
    `${long}\nweir-blob:sha256/${sha256}\n(21308225 more bytes were not kept)`,
    { head: long, restSha256: sha256, restLost: false, unkeptBytes: 21_308_225 },
  ],
  [
    "a rest that was lost",
    `${long}\n(the rest could not be written)`,
    { head: long, ...whole, restLost: true },
  ],
  [
    "media inside a body",
    `{"url":"weir-blob:sha256/${sha256}"}`,
    { head: `{"url":"weir-blob:sha256/${sha256}"}`, ...whole },
  ],
])("reads %s", (_, text, expected) => {
  expect(readStoredBody(text)).toEqual(expected);
});
