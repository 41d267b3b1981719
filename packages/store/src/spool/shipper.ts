import { mkdir, readdir } from "node:fs/promises";
import { exceptionCodeOf, type ClickHouse } from "../clickhouse/connect-clickhouse.ts";
import { messageOf } from "../errors.ts";
import type { StoreLog } from "../log.ts";
import {
  createBatch,
  finishBatch,
  listSealed,
  loadBatches,
  readBatch,
  removeManifests,
  writeManifest,
  type Batch,
  type SealedSegment,
} from "./batch-manifest.ts";
import { countDeadLetters, writeDeadLetters } from "./dead-letters.ts";
import {
  handBackDead,
  isHandedBack,
  recoverHandedBack,
  type HandBackOptions,
  type HandedBack,
} from "./retry-dead.ts";
import { shipLines } from "./ship-lines.ts";
import { addSpoolBytes, type SpoolGauge } from "./spool-gauge.ts";

export interface ShipperStats {
  /** Sealed segments that are not in ClickHouse yet. */
  segments: number;
  bytes: number;
  oldestAgeMs: number;
  /** Records that ClickHouse refused for what they contain; they lie in `dead/` below the spool. */
  deadLines: number;
  shippedSegments: number;
  shippedBytes: number;
  /** Why nothing is shipped now; empty when shipping works. */
  problem: string;
  /** Since when, ISO 8601; null when shipping works. */
  problemSince: string | null;
}

export interface Shipper {
  start(): void;
  /** Looks for segments at once, e.g. when ClickHouse is back. */
  wake(): void;
  /** Ends after the insert in flight. */
  stop(): Promise<void>;
  /** Resolves once every segment sealed before the call is in ClickHouse (or dead). */
  drain(): Promise<void>;
  /**
   * Hands dead letters back to be shipped once more. Resolves when they are on their way, which no kill can undo;
   * `refused` resolves when a batch has been shipped, with the number of its records that were refused again.
   */
  retryDead(
    options: Pick<HandBackOptions, "batchIds" | "roomBytes">,
  ): Promise<HandedBack & { refused: Promise<number>[] }>;
  stats(): ShipperStats;
}

interface ShipperOptions {
  directory: string;
  /** Asked before each insert, so that a restarted engine's new URL is picked up; null while it is away. */
  clickhouse: () => ClickHouse | null;
  log: StoreLog;
  gauge?: SpoolGauge;
}

const batchMaxBytes = 16 * 1024 * 1024;
const batchMaxSegments = 512;
/**
 * An insert costs ClickHouse some 20 ms of processor however little it holds, and makes a part that has to be merged;
 * a record is looked for within two seconds. So inserts may take this share of the time, but wait no longer than
 * the maximum.
 */
const insertTimeShare = 0.03;
const insertEveryMinMs = 400;
const insertEveryMaxMs = 1_000;
const pollEveryMs = 50;
const backoffMaxMs = 2_000;
const noBytes = Buffer.alloc(0);
/** After so long without a batch its buffer is given back. */
const bufferIdleMs = 10_000;
/** A batch that the server refuses this often steps aside, so that one bad batch does not hold up the rest. */
const failuresBeforeAside = 5;
const asideMaxMs = 300_000;

/**
 * Moves sealed segments into ClickHouse, each record exactly once, whatever is killed and whenever. Small segments
 * travel together. One shipper per spool.
 */
export function createShipper(options: ShipperOptions): Shipper {
  return new SegmentShipper(options);
}

class SegmentShipper implements Shipper {
  readonly #options: ShipperOptions;
  readonly #known = new Map<string, SealedSegment>();
  readonly #retries: Batch[] = [];
  readonly #drains: { names: Set<string>; resolve: () => void }[] = [];
  #sealed: SealedSegment[] = [];
  /** Segments that a batch whose manifest lost its text may have brought, under a token that nobody knows any more. */
  readonly #doubtful = new Set<string>();
  #unreadable: readonly string[] = [];
  readonly #loaded = Promise.withResolvers<void>();
  /** Segments of dead letters that somebody waits for. */
  readonly #awaited = new Map<string, PromiseWithResolvers<number>>();
  #retrying: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  #stopping = false;
  #wake: () => void = () => undefined;
  // Intervals go by the monotonic clock: one that is set back would hold up what is due.
  #lastInsertMs = -Infinity;
  #lastHandedBackMs = -Infinity;
  #insertEveryMs = insertEveryMinMs;
  #failuresInRow = 0;
  #scanCostMs = 0;
  #deadLines = 0;
  #shipped = { segments: 0, bytes: 0 };
  #problem: { text: string; since: string } | null = null;
  /** For the next batch, so that each does not leave megabytes to be collected beside the calls. */
  #buffer: Buffer<ArrayBuffer> = noBytes;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#failuresInRow = 0;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
  }

  async drain(): Promise<void> {
    const names = new Set(
      (await readdir(this.#options.directory)).filter((name) => name.endsWith(".ndjson")),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drains.push({ names, resolve });
    this.#wake();
    await promise;
  }

  async retryDead(
    options: Pick<HandBackOptions, "batchIds" | "roomBytes">,
  ): Promise<HandedBack & { refused: Promise<number>[] }> {
    const turn = this.#retrying.then(() => this.#handBack(options));
    // One at a time; the next comes after this one also when it fails.
    this.#retrying = turn.catch(() => undefined);
    return turn;
  }

  stats(): ShipperStats {
    const [oldest] = this.#sealed;
    return {
      segments: this.#sealed.length,
      bytes: this.#sealed.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestAgeMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.sealedAtMs),
      deadLines: this.#deadLines,
      shippedSegments: this.#shipped.segments,
      shippedBytes: this.#shipped.bytes,
      problem: this.#problem?.text ?? "",
      problemSince: this.#problem?.since ?? null,
    };
  }

  async #run(): Promise<void> {
    let loaded = false;
    while (!this.#stopping) {
      try {
        if (!loaded) await this.#load();
        loaded = true;
        this.#loaded.resolve();
        await this.#step();
      } catch (error) {
        // The disk's own failures: the folder is gone, or cannot be read. Nothing is lost by waiting.
        this.#failed(error);
        await this.#pause(backoffMaxMs);
      }
    }
  }

  async #load(): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await recoverHandedBack(this.#options);
    this.#deadLines = await countDeadLetters(directory);
    const { batches, unreadable } = await loadBatches(directory);
    this.#retries.push(...batches);
    if (unreadable.length === 0) return;
    for (const name of await readdir(directory)) if (name.endsWith(".ndjson")) this.#doubtful.add(name);
    this.#unreadable = unreadable;
  }

  async #handBack(
    options: Pick<HandBackOptions, "batchIds" | "roomBytes">,
  ): Promise<HandedBack & { refused: Promise<number>[] }> {
    await this.#loaded.promise;
    const { directory, gauge } = this.#options;
    // What a full disk stopped half-way last time.
    await recoverHandedBack({ directory, gauge });
    const refused: Promise<number>[] = [];
    const onTaken = ({ segment, records }: { segment: string; records: number }) => {
      const outcome = Promise.withResolvers<number>();
      this.#awaited.set(segment, outcome);
      refused.push(outcome.promise);
      this.#deadLines = Math.max(0, this.#deadLines - records);
    };
    const result = await handBackDead({ ...options, directory, gauge, onTaken });
    this.#wake();
    return { ...result, refused };
  }

  async #step(): Promise<void> {
    await this.#scan();
    const clickhouse = this.#options.clickhouse();
    if (clickhouse === null) {
      if (this.#sealed.length > 0) this.#failed(new Error("ClickHouse is not running."));
      await this.#pause(pollEveryMs);
      return;
    }
    const batch = this.#nextBatch();
    if (batch === null) {
      if (performance.now() - this.#lastInsertMs > bufferIdleMs) this.#buffer = noBytes;
      await this.#pause(Math.max(pollEveryMs, this.#scanCostMs * 10));
      return;
    }
    if (batch.segments.some(isHandedBack)) this.#lastHandedBackMs = performance.now();
    else this.#lastInsertMs = performance.now();
    try {
      await this.#ship(clickhouse, batch);
      this.#failuresInRow = 0;
      this.#problem = null;
    } catch (error) {
      this.#retryLater(batch, error);
      await this.#backOff(clickhouse);
    }
  }

  async #scan(): Promise<void> {
    const startedMs = performance.now();
    this.#sealed = await listSealed(this.#options.directory, this.#known);
    this.#scanCostMs = performance.now() - startedMs;
    if (this.#unreadable.length > 0 && !this.#sealed.some(({ name }) => this.#doubtful.has(name))) {
      await removeManifests(this.#options.directory, this.#unreadable);
      this.#unreadable = [];
      this.#doubtful.clear();
    }
    for (const drain of this.#drains.slice()) {
      if (this.#sealed.some(({ name }) => drain.names.has(name))) continue;
      this.#drains.splice(this.#drains.indexOf(drain), 1);
      drain.resolve();
    }
  }

  #nextBatch(): Batch | null {
    const nowMs = performance.now();
    const retry = this.#retries.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (retry >= 0) return this.#retries.splice(retry, 1)[0] ?? null;
    const taken = new Set(this.#retries.flatMap(({ segments }) => segments));
    const segments: string[] = [];
    let bytes = 0;
    let handedBack: string | null = null;
    const due = (lastMs: number): boolean => nowMs - lastMs >= this.#insertEveryMs || this.#drains.length > 0;
    for (const segment of this.#sealed) {
      if (taken.has(segment.name)) continue;
      if (isHandedBack(segment.name)) {
        handedBack ??= segment.name;
        continue;
      }
      if (segments.length >= batchMaxSegments) break;
      if (segments.length > 0 && bytes + segment.bytes > batchMaxBytes) break;
      segments.push(segment.name);
      bytes += segment.bytes;
    }
    const full = bytes >= batchMaxBytes / 2 || segments.length >= batchMaxSegments;
    if (full || (segments.length > 0 && due(this.#lastInsertMs))) {
      return createBatch({ segments, elsewhere: segments.some((name) => this.#doubtful.has(name)) });
    }
    // What was refused once waits for what is new, and never the other way round. Its rows may be there under another
    // token, so it travels alone and is looked up.
    if (handedBack === null || !due(this.#lastHandedBackMs)) return null;
    return createBatch({ segments: [handedBack], elsewhere: true });
  }

  async #ship(clickhouse: ClickHouse, batch: Batch): Promise<void> {
    const { directory, log, gauge } = this.#options;
    const { bytes, missing } = await readBatch(directory, batch, this.#buffer);
    this.#buffer = noBytes;
    if (missing.length > 0) {
      log.error(
        { batch: batch.id, missing },
        "segments of a batch are gone from the spool; shipping the rest",
      );
    }
    // From here on, any process that finds the manifest must expect the rows to be in ClickHouse.
    await writeManifest(directory, batch);
    const { uncertain, elsewhere } = batch;
    batch.uncertain = true;
    const startedMs = performance.now();
    const dead = await shipLines({ clickhouse, bytes, batchId: batch.id, uncertain, elsewhere });
    const tookMs = performance.now() - startedMs;
    // What is looked up first says nothing about what an insert costs.
    if (!elsewhere) {
      this.#insertEveryMs = Math.min(insertEveryMaxMs, Math.max(insertEveryMinMs, tookMs / insertTimeShare));
    }
    if (dead.length > 0) {
      await writeDeadLetters({ directory, batchId: batch.id, dead });
      this.#deadLines += dead.length;
      log.error(
        { batch: batch.id, lines: dead.length, reason: dead[0]?.reason },
        "ClickHouse refused records for what they contain; they are kept in the spool's folder `dead`",
      );
    }
    await finishBatch(directory, batch);
    if (gauge !== undefined) addSpoolBytes(gauge, -bytes.length);
    this.#shipped.segments += batch.segments.length;
    this.#shipped.bytes += bytes.length;
    // Only now: an insert that failed may leave a request behind that still reads them.
    this.#buffer = Buffer.from(bytes.buffer);
    for (const segment of batch.segments) {
      this.#awaited.get(segment)?.resolve(dead.length);
      this.#awaited.delete(segment);
    }
    const gone = new Set(batch.segments);
    this.#sealed = this.#sealed.filter(({ name }) => !gone.has(name));
  }

  #retryLater(batch: Batch, error: unknown): void {
    this.#failed(error);
    batch.failures += 1;
    const answered = exceptionCodeOf(error) !== null;
    if (answered && batch.failures >= failuresBeforeAside) {
      const waitMs = Math.min(asideMaxMs, 1_000 * 2 ** (batch.failures - failuresBeforeAside));
      batch.notBeforeMs = performance.now() + waitMs;
    }
    this.#retries.push(batch);
  }

  #failed(error: unknown): void {
    const text = messageOf(error);
    this.#problem = { text, since: this.#problem?.since ?? new Date().toISOString() };
    // Once when it begins, and then with each doubling, so that an outage does not fill the log.
    this.#failuresInRow += 1;
    if ((this.#failuresInRow & (this.#failuresInRow - 1)) !== 0) return;
    this.#options.log.warn(
      { problem: text, failures: this.#failuresInRow, segments: this.#sealed.length },
      "records wait in the spool",
    );
  }

  /** Waits longer with every failure, but not when the engine was replaced by a new one meanwhile. */
  async #backOff(failed: ClickHouse): Promise<void> {
    const untilMs = performance.now() + Math.min(backoffMaxMs, 50 * 2 ** Math.min(10, this.#failuresInRow));
    while (!this.#stopping && performance.now() < untilMs) {
      await this.#pause(pollEveryMs);
      const current = this.#options.clickhouse();
      if (this.#failuresInRow === 0 || (current !== null && current !== failed)) return;
    }
  }

  #pause(waitMs: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
