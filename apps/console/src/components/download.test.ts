import { expect, it } from "vitest";
import { toCsv } from "./download.ts";

it("quotes what needs it and lets no field begin a formula", () => {
  expect(
    toCsv([
      ["time", 'a "b"', "x,y"],
      ["=1+1", null, -2],
    ]),
  ).toBe('time,"a ""b""","x,y"\r\n\'=1+1,,-2');
});
