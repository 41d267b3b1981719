import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { recoverSpool } from "./recover-spool.ts";
import { createSpoolGauge, readSpoolGauge } from "./spool-gauge.ts";
import { createSpoolWriter, type SpoolLimits } from "./spool-writer.ts";

const limits: SpoolLimits = { spoolMaxBytes: 10_000, segmentMaxBytes: 1_000, segmentMaxAgeMs: 60_000 };
const folders: string[] = [];
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), "weir-spool-"));
  folders.push(path);
  return path;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

function linesOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".ndjson"))
    .toSorted()
    .flatMap((name) => readFileSync(join(directory, name), "utf8").trimEnd().split("\n"));
}

describe("the spool writer", () => {
  it("has each batch on disk when append returns, and seals whole lines", () => {
    const directory = folder();
    const writer = createSpoolWriter({ directory, producer: "gateway-1", limits });
    expect(writer.append(['{"a":1}', Buffer.from('{"a":2}')])).toBe(true);
    const [open] = readdirSync(directory);
    expect(open).toMatch(/^gateway-1-\d+-\d+\.open$/);
    expect(readFileSync(join(directory, open ?? ""), "utf8")).toBe('{"a":1}\n{"a":2}\n');
    writer.close();
    expect(linesOf(directory)).toEqual(['{"a":1}', '{"a":2}']);
  });

  it("seals at the size limit and at the age limit", () => {
    vi.useFakeTimers();
    try {
      const directory = folder();
      const writer = createSpoolWriter({
        directory,
        producer: "p",
        limits: { ...limits, segmentMaxAgeMs: 250 },
      });
      writer.append(["x".repeat(1_200)]);
      expect(writer.stats().sealedSegments).toBe(1);
      writer.append(["y"]);
      expect(writer.stats().sealedSegments).toBe(1);
      vi.advanceTimersByTime(300);
      expect(writer.stats().sealedSegments).toBe(2);
      vi.advanceTimersByTime(10_000);
      expect(writer.stats().sealedSegments).toBe(2);
      writer.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("says no when the spool of all producers is full, counts it, and goes on when there is room", async () => {
    const directory = folder();
    const gauge = createSpoolGauge();
    const small = { ...limits, spoolMaxBytes: 100 };
    const one = createSpoolWriter({ directory, producer: "one", limits: small, gauge });
    const two = createSpoolWriter({ directory, producer: "two", limits: small, gauge });
    expect(one.append(["x".repeat(59)])).toBe(true);
    expect(two.append(["y".repeat(59)])).toBe(false);
    expect(two.stats()).toMatchObject({ unrecorded: 1, appendedLines: 0 });
    expect(two.stats().problem).toContain("100");
    expect(readSpoolGauge(gauge)).toEqual({ bytes: 60, unrecorded: 1 });
    expect(two.append(["y".repeat(30)])).toBe(true);
    expect(two.stats().problem).toBe("");
    one.close();
    two.close();
    const other = createSpoolGauge();
    expect(await recoverSpool({ directory, gauge: other })).toMatchObject({ bytes: 91, sealed: 0 });
    expect(readSpoolGauge(other).bytes).toBe(91);
  });

  it("keeps the limit without a gauge, by the folder's size", () => {
    const directory = folder();
    writeFileSync(join(directory, "other-1-00000001.ndjson"), "z".repeat(90));
    const writer = createSpoolWriter({
      directory,
      producer: "one",
      limits: { ...limits, spoolMaxBytes: 100 },
    });
    expect(writer.append(["x".repeat(50)])).toBe(false);
    expect(writer.append(["x".repeat(5)])).toBe(true);
    expect(writer.append(["x".repeat(5)])).toBe(false);
    writer.close();
  });

  it("never throws, whatever the disk says", () => {
    const directory = folder();
    const broken = createSpoolWriter({ directory: join(directory, "gone"), producer: "p", limits });
    rmSync(join(directory, "gone"), { recursive: true });
    expect(broken.append(["{}"])).toBe(false);
    expect(broken.stats().problem).toContain("ENOENT");
    broken.seal();
    broken.close();
  });

  it("takes over what a dead worker of the same name left, and leaves the others alone", () => {
    const directory = folder();
    writeFileSync(join(directory, "gateway-1-111-00000000.open"), '{"a":1}\n{"cut');
    writeFileSync(join(directory, "gateway-2-111-00000000.open"), '{"b":1}\n');
    writeFileSync(join(directory, "gateway-1-1-111-00000000.open"), '{"c":1}\n');
    createSpoolWriter({ directory, producer: "gateway-1", limits }).close();
    expect(readdirSync(directory).toSorted()).toEqual([
      "gateway-1-1-111-00000000.open",
      "gateway-1-111-00000000.ndjson",
      "gateway-2-111-00000000.open",
    ]);
    expect(linesOf(directory)).toEqual(['{"a":1}']);
  });

  it("refuses a producer's name that is no file name", () => {
    expect(() => createSpoolWriter({ directory: folder(), producer: "../x", limits })).toThrow(
      expect.objectContaining({ code: "spool_invalid" }),
    );
  });
});

describe("recovering the spool", () => {
  it("cuts open segments back to whole lines and drops those without one", async () => {
    const directory = folder();
    const long = `{"long":"${"x".repeat(200_000)}"}`;
    writeFileSync(join(directory, "a-1-00000000.open"), `${long}\n{"cut":"${"y".repeat(150_000)}`);
    writeFileSync(join(directory, "b-1-00000000.open"), '{"cut');
    writeFileSync(join(directory, "c-1-00000000.open"), "");
    writeFileSync(join(directory, "d-1-00000000.open"), "{}\n");
    appendFileSync(join(directory, "e-1-00000000.ndjson"), "{}\n");
    const result = await recoverSpool({ directory });
    expect(result).toEqual({ sealed: 2, truncatedBytes: 150_008 + 5, bytes: long.length + 1 + 3 + 3 });
    expect(linesOf(directory)).toEqual([long, "{}", "{}"]);
  });
});
