import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { systemCodeOf, unlessAbsent } from "../errors.ts";

/**
 * A batch is a set of sealed segments that are shipped as one insert. Which segments belong to it is written down
 * before the first attempt, so that every later attempt, of whatever process, sends the same rows under the same
 * token. Its life: `batch-*.json` (attempted, outcome unknown) → `batch-*.done` (confirmed) → gone, after its
 * segments.
 */
export interface Batch {
  id: string;
  segments: readonly string[];
  /** True when an attempt may have reached ClickHouse. */
  uncertain: boolean;
  /** True when an attempt of another batch may have brought some of these rows, under a token that this one lacks. */
  elsewhere: boolean;
  failures: number;
  /** By the monotonic clock of this process. */
  notBeforeMs: number;
}

const lineBreak = 0x0a;
const pendingSuffix = ".json";
const doneSuffix = ".done";
const manifestPattern = /^(batch-[0-9a-z-]+)\.(json|done)$/;
const manifestSchema = z.strictObject({
  segments: z.array(z.string().regex(/^[a-z0-9-]+\.ndjson$/)),
  elsewhere: z.boolean().default(false),
});
type Manifest = z.infer<typeof manifestSchema>;

export function createBatch({ segments, elsewhere }: Pick<Batch, "segments" | "elsewhere">): Batch {
  const id = `batch-${Date.now()}-${randomBytes(4).toString("hex")}`;
  return { id, segments, elsewhere, uncertain: false, failures: 0, notBeforeMs: 0 };
}

export async function writeManifest(directory: string, batch: Batch): Promise<void> {
  const path = join(directory, batch.id + pendingSuffix);
  const manifest: Manifest = { segments: [...batch.segments], elsewhere: batch.elsewhere };
  try {
    await writeFile(`${path}.new`, JSON.stringify(manifest), { mode: 0o600 });
  } catch (error) {
    // Shipping is what makes room on a full disk, so it must not need any. A manifest without its text is enough:
    // `loadBatches` takes it to mean that any segment may have been sent.
    if (systemCodeOf(error) !== "ENOSPC") throw error;
  }
  await rename(`${path}.new`, path);
}

/** Notes that the batch is in ClickHouse, then removes its segments. Whoever is killed in between is followed by `loadBatches`. */
export async function finishBatch(directory: string, batch: Batch): Promise<void> {
  const done = join(directory, batch.id + doneSuffix);
  await rename(join(directory, batch.id + pendingSuffix), done);
  await removeSegments(directory, batch.segments);
  await unlink(done);
}

async function removeSegments(directory: string, segments: readonly string[]): Promise<void> {
  for (const segment of segments) await rm(join(directory, segment), { force: true });
}

/** What an earlier process left behind. */
export interface LoadedBatches {
  /** What it may have attempted. */
  batches: Batch[];
  /**
   * Manifests without their text, as a power cut or a full disk leaves them: any segment that lies here may have been
   * sent. To be removed with `removeManifests` when none of these segments is left, and not before: until then the
   * next process has to know of them too.
   */
  unreadable: string[];
}

/** Finishes what an earlier process confirmed and returns the rest. */
export async function loadBatches(directory: string): Promise<LoadedBatches> {
  const batches: Batch[] = [];
  const unreadable: string[] = [];
  for (const file of (await readdir(directory)).toSorted()) {
    const [, id, suffix] = manifestPattern.exec(file) ?? [];
    if (id === undefined) {
      if (file.startsWith("batch-") && file.endsWith(".new"))
        await rm(join(directory, file), { force: true });
      continue;
    }
    const manifest = await readManifest(join(directory, file));
    if (manifest === null) {
      unreadable.push(file);
    } else if (suffix === "done") {
      await removeSegments(directory, manifest.segments);
      await unlink(join(directory, file));
    } else {
      batches.push({ id, ...manifest, uncertain: true, failures: 0, notBeforeMs: 0 });
    }
  }
  return { batches, unreadable };
}

export async function removeManifests(directory: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(join(directory, file), { force: true });
}

/** Whether a batch is written down, so that it may be shipped (again). Each id is written down once and never again. */
export async function hasManifest(directory: string, batchId: string): Promise<boolean> {
  const names = new Set(await readdir(directory));
  return names.has(batchId + pendingSuffix) || names.has(batchId + doneSuffix);
}

async function readManifest(path: string): Promise<Manifest | null> {
  const text = await readFile(path, "utf8");
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The bytes of a batch: whole lines, each with its line break, in the order of its segments. */
export interface BatchBytes {
  /** Valid until `into` is used again. */
  bytes: Buffer<ArrayBuffer>;
  /** Segments that were expected and are not there. */
  missing: string[];
}

/**
 * Reads the segments of a batch one behind the other into `into`, or into a new buffer when that is too small. What
 * an insert needs is these bytes and nothing else, so the lines are not looked at here.
 */
export async function readBatch(
  directory: string,
  batch: Batch,
  into: Buffer<ArrayBuffer>,
): Promise<BatchBytes> {
  const missing: string[] = [];
  const sizes = new Map<string, number>();
  for (const segment of batch.segments) {
    const found = await describe(directory, segment);
    if (found === null) missing.push(segment);
    else sizes.set(segment, found.bytes);
  }
  // One byte more for each, in case its last line has no break.
  const needed = sizes.values().reduce((sum, size) => sum + size + 1, 0);
  // Somewhat larger, because the next batch is seldom of the same size.
  const buffer = into.length >= needed ? into : Buffer.allocUnsafeSlow(Math.ceil(needed * 1.25));
  let end = 0;
  for (const [segment, size] of sizes) {
    end = await readSegment({ path: join(directory, segment), size, buffer, end });
  }
  return { bytes: buffer.subarray(0, end), missing };
}

async function readSegment(segment: {
  path: string;
  size: number;
  buffer: Buffer;
  end: number;
}): Promise<number> {
  const { path, size, buffer } = segment;
  const file = await open(path, "r");
  try {
    const limit = segment.end + size;
    let { end } = segment;
    while (end < limit) {
      const { bytesRead } = await file.read(buffer, end, limit - end, null);
      if (bytesRead === 0) throw new Error(`${path} is shorter than it was a moment ago.`);
      end += bytesRead;
    }
    if (size > 0 && buffer[end - 1] !== lineBreak) {
      buffer[end] = lineBreak;
      end += 1;
    }
    return end;
  } finally {
    await file.close();
  }
}

export interface SealedSegment {
  name: string;
  bytes: number;
  sealedAtMs: number;
}

/** Sealed segments, oldest first; `known` saves asking the disk about each again. */
export async function listSealed(
  directory: string,
  known: Map<string, SealedSegment>,
): Promise<SealedSegment[]> {
  const found: SealedSegment[] = [];
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".ndjson")) continue;
    const segment = known.get(name) ?? (await describe(directory, name));
    if (segment === null) continue;
    known.set(name, segment);
    found.push(segment);
  }
  if (known.size > found.length) {
    const names = new Set(found.map(({ name }) => name));
    for (const name of known.keys()) if (!names.has(name)) known.delete(name);
  }
  return found.toSorted(
    (left, right) => left.sealedAtMs - right.sealedAtMs || (left.name < right.name ? -1 : 1),
  );
}

async function describe(directory: string, name: string): Promise<SealedSegment | null> {
  const found = await unlessAbsent(stat(join(directory, name)));
  return found === null ? null : { name, bytes: found.size, sealedAtMs: found.mtimeMs };
}
