import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { sealLeftover, spoolBytes } from "./recover-spool.ts";
import { checkProducer, isOpenSegmentOf, openSuffix, sealedSuffix, segmentName } from "./segment-name.ts";
import { addSpoolBytes, addUnrecorded, type SpoolGauge } from "./spool-gauge.ts";

export interface SpoolLimits {
  /** Segments of all producers together; beyond it nothing more is recorded. */
  spoolMaxBytes: number;
  segmentMaxBytes: number;
  segmentMaxAgeMs: number;
}

export interface SpoolWriterStats {
  appendedLines: number;
  appendedBytes: number;
  sealedSegments: number;
  /** Lines for which `append` returned false. */
  unrecorded: number;
  /** Why the last append failed; empty when the last one succeeded. */
  problem: string;
}

export interface SpoolWriter {
  /** Whole JSON lines, without newlines. One synchronous write. False when nothing was written. Never throws. */
  append(lines: readonly (string | Uint8Array)[]): boolean;
  /** Hands what has been written so far to the shipper. Never throws. */
  seal(): void;
  close(): void;
  stats(): SpoolWriterStats;
}

interface SpoolWriterOptions {
  directory: string;
  /** Lower-case letters, digits and hyphens; unique among living producers, e.g. `gateway-1`. */
  producer: string;
  limits: SpoolLimits;
  gauge?: SpoolGauge;
  clock?: { nowMs(): number };
}

interface OpenSegment {
  file: number;
  path: string;
  /** Bytes of whole lines; what lies beyond is the rest of a write that failed. */
  wholeBytes: number;
  torn: boolean;
  openedMs: number;
}

const lineEnd = Buffer.from("\n");
/** How long a folder's size may be taken for granted when there is no gauge. */
const sizeMaxAgeMs = 1000;

/**
 * Appends records to this producer's own segment file. When `append` returns true the operating system has the
 * lines, so they survive the death of this process. When the disk or the spool is full it returns false, leaves
 * no half line behind, and works again as soon as there is room.
 */
export function createSpoolWriter(options: SpoolWriterOptions): SpoolWriter {
  checkProducer(options.producer);
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  // A worker that was replaced left its segment open; its name is ours now, so nobody writes there any more.
  for (const name of readdirSync(options.directory)) {
    if (isOpenSegmentOf(options.producer, name)) sealLeftover(options.directory, name);
  }
  return new SegmentWriter(options);
}

class SegmentWriter implements SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #startedMs: number;
  readonly #stats: SpoolWriterStats = {
    appendedLines: 0,
    appendedBytes: 0,
    sealedSegments: 0,
    unrecorded: 0,
    problem: "",
  };
  #segment: OpenSegment | null = null;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #measured = { atMs: Number.NEGATIVE_INFINITY, bytes: 0 };

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#startedMs = Math.floor(this.#nowMs());
  }

  append(lines: readonly (string | Uint8Array)[]): boolean {
    if (lines.length === 0) return true;
    try {
      const bytes = encodeLines(lines);
      this.#reserve(bytes.length);
      try {
        this.#write(bytes);
      } catch (error) {
        this.#giveBack(bytes.length);
        throw error;
      }
      this.#stats.appendedLines += lines.length;
      this.#stats.appendedBytes += bytes.length;
      this.#stats.problem = "";
      this.#sealWhenDue();
      return true;
    } catch (error) {
      this.#stats.unrecorded += lines.length;
      this.#stats.problem = messageOf(error);
      if (this.#options.gauge !== undefined) addUnrecorded(this.#options.gauge, lines.length);
      return false;
    }
  }

  seal(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const segment = this.#segment;
    if (segment === null || segment.wholeBytes === 0) return;
    try {
      repair(segment);
      const sealed = segment.path.slice(0, -openSuffix.length) + sealedSuffix;
      renameSync(segment.path, sealed);
      this.#segment = null;
      this.#stats.sealedSegments += 1;
      closeSync(segment.file);
    } catch (error) {
      // The lines stay where they are, whole; the next append or the next start seals them.
      this.#stats.problem = messageOf(error);
    }
  }

  close(): void {
    this.seal();
    const segment = this.#segment;
    this.#segment = null;
    if (segment === null) return;
    // Empty, or it could not be sealed: the next start's recovery deals with the file.
    closeSync(segment.file);
  }

  stats(): SpoolWriterStats {
    return { ...this.#stats };
  }

  #write(bytes: Buffer): void {
    const segment = this.#segment ?? this.#open();
    repair(segment);
    segment.torn = true;
    const written = writeSync(segment.file, bytes, 0, bytes.length, segment.wholeBytes);
    if (written !== bytes.length) {
      repair(segment);
      throw new Error(`Only ${written} of ${bytes.length} bytes could be written; the disk is full.`);
    }
    segment.torn = false;
    segment.wholeBytes += written;
  }

  #open(): OpenSegment {
    const { directory, producer } = this.#options;
    const name = segmentName({ producer, startedMs: this.#startedMs, sequence: this.#sequence });
    const path = join(directory, name + openSuffix);
    const file = openSync(path, "wx", 0o600);
    this.#sequence += 1;
    this.#segment = { file, path, wholeBytes: 0, torn: false, openedMs: this.#nowMs() };
    return this.#segment;
  }

  #sealWhenDue(): void {
    const segment = this.#segment;
    if (segment === null) return;
    const { segmentMaxBytes, segmentMaxAgeMs } = this.#options.limits;
    // The timer may be late when the event loop is busy, so the age counts here as well.
    if (segment.wholeBytes >= segmentMaxBytes || this.#nowMs() - segment.openedMs >= segmentMaxAgeMs) {
      this.seal();
      return;
    }
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.seal(), segmentMaxAgeMs);
    this.#timer.unref();
  }

  #reserve(bytes: number): void {
    const { gauge, limits } = this.#options;
    const before = gauge === undefined ? this.#measure() : addSpoolBytes(gauge, bytes);
    if (before + bytes <= limits.spoolMaxBytes) {
      this.#measured.bytes += bytes;
      return;
    }
    this.#giveBack(bytes);
    throw new Error(`The spool holds ${before} bytes and may hold ${limits.spoolMaxBytes}.`);
  }

  #giveBack(bytes: number): void {
    if (this.#options.gauge !== undefined) addSpoolBytes(this.#options.gauge, -bytes);
  }

  #measure(): number {
    const nowMs = this.#nowMs();
    if (nowMs - this.#measured.atMs > sizeMaxAgeMs) {
      this.#measured = { atMs: nowMs, bytes: spoolBytes(this.#options.directory) };
    }
    return this.#measured.bytes;
  }

  #nowMs(): number {
    return this.#options.clock?.nowMs() ?? Date.now();
  }
}

/** Cuts off what a failed write left after the last whole line; throws while even that fails. */
function repair(segment: OpenSegment): void {
  if (!segment.torn) return;
  ftruncateSync(segment.file, segment.wholeBytes);
  segment.torn = false;
}

function encodeLines(lines: readonly (string | Uint8Array)[]): Buffer {
  if (lines.every((line) => typeof line === "string")) return Buffer.from(`${lines.join("\n")}\n`);
  return Buffer.concat(
    lines.flatMap((line) => [typeof line === "string" ? Buffer.from(line) : line, lineEnd]),
  );
}
