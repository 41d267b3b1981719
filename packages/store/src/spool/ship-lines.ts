import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { exceptionCodeOf, type ClickHouse } from "../clickhouse/connect-clickhouse.ts";
import { messageOf, StoreError } from "../errors.ts";
import { findAbsent } from "./span-presence.ts";

/** A line that ClickHouse will not take, and why. */
export interface DeadLine {
  line: Buffer;
  exceptionCode: number;
  reason: string;
}

/**
 * Exceptions that speak about the data and not about the server: parsing, types, unknown fields. The same rows are
 * refused however often they are sent, and since a batch is one block nothing of it was taken.
 */
const contentExceptions = new Set([
  6, 25, 26, 27, 33, 36, 38, 41, 43, 53, 69, 70, 72, 117, 128, 130, 131, 190, 349, 376, 386, 407, 441, 467,
  509, 675, 676,
]);

/** How many bad lines are singled out by the row number that ClickHouse names before halving takes over. */
const namedRowsMax = 8;
const repairAttemptsMax = 3;
const quietMaxMs = 60_000;
const quietPollMs = 100;
const runningSchema = z.object({ running: z.number() });

/** How the comment (`log_comment`) of every insert of the spool's begins. */
export const spoolInsertMark = "weir-spool ";

interface Shipment {
  clickhouse: ClickHouse;
  /** The token under which the whole is inserted. */
  batchId: string;
  /** True when some of these rows may be there under another batch's token: then only those that are not there go. */
  elsewhere: boolean;
}

interface Part extends Shipment {
  /** Without their line breaks. */
  lines: readonly Buffer[];
}

/**
 * Inserts whole lines, each with its line break, so that each span is there exactly once when this resolves, except
 * those that ClickHouse refuses for what they contain: they are returned, as parts of `bytes`. Rejects when the
 * outcome is unknown; calling again with `uncertain` is safe.
 */
export async function shipLines(
  options: Shipment & {
    bytes: Buffer;
    /** True when an earlier attempt with these rows may have reached ClickHouse. */
    uncertain: boolean;
  },
): Promise<DeadLine[]> {
  const { bytes, uncertain, ...shipment } = options;
  const { elsewhere } = shipment;
  if (bytes.length === 0) return [];
  const split: SplitState = { namedRows: namedRowsMax, divided: elsewhere };
  if (uncertain || elsewhere) return shipPart({ ...shipment, lines: linesOf(bytes) }, split);
  try {
    // The bytes as they lie in the segments: this is the way of nearly all records, next to the calls themselves.
    await insert({ ...shipment, token: shipment.batchId, chunks: chunksOf(bytes) });
    return [];
  } catch (error) {
    return shipDivided({ ...shipment, lines: linesOf(bytes) }, split, error);
  }
}

interface SplitState {
  namedRows: number;
  /** True once ClickHouse has refused the whole, and for rows that may be there under another token. */
  divided: boolean;
}

async function shipPart(part: Part, split: SplitState): Promise<DeadLine[]> {
  if (part.lines.length === 0) return [];
  try {
    await insertAbsent(part, split);
    return [];
  } catch (error) {
    return shipDivided(part, split, error);
  }
}

/** Parts of what ClickHouse has refused for its content; throws `error` when it was refused for anything else. */
async function shipDivided(part: Part, split: SplitState, error: unknown): Promise<DeadLine[]> {
  const { lines } = part;
  const exceptionCode = exceptionCodeOf(error);
  if (exceptionCode === null || !contentExceptions.has(exceptionCode)) throw error;
  const [only] = lines;
  if (only !== undefined && lines.length === 1)
    return [{ line: only, exceptionCode, reason: messageOf(error) }];
  split.divided = true;
  const dead: DeadLine[] = [];
  for (const smaller of divide(lines, messageOf(error), split)) {
    // An earlier attempt may have been killed after it had shipped some of these parts.
    dead.push(...(await shipPart({ ...part, lines: smaller }, split)));
  }
  return dead;
}

function divide(lines: readonly Buffer[], message: string, split: SplitState): Buffer[][] {
  const row = Number(/\(at row (\d+)\)/.exec(message)?.[1] ?? 0);
  if (row >= 1 && row <= lines.length && split.namedRows > 0) {
    split.namedRows -= 1;
    // The bad one last: the good ones should not wait for it.
    return [lines.slice(0, row - 1), lines.slice(row), lines.slice(row - 1, row)];
  }
  const half = Math.ceil(lines.length / 2);
  return [lines.slice(0, half), lines.slice(half)];
}

/**
 * Looks first, inserts, and looks again, because a token alone proves nothing. The whole of a batch goes again under
 * its own token, so that ClickHouse leaves out each partition that it has; parts of a batch that was refused have
 * tokens of their own, so of them only the rows that are not there go.
 */
async function insertAbsent(options: Part, split: SplitState): Promise<void> {
  await waitUntilQuiet(options);
  const before = await findAbsent(options.clickhouse, options.lines);
  const wanted = [...before.absent, ...before.unknown];
  if (wanted.length === 0) return;
  const lines = split.divided ? wanted : options.lines;
  await insertLines({ ...options, lines, token: split.divided ? tokenOf(options, wanted) : options.batchId });
  for (let attempt = 1; ; attempt += 1) {
    let { absent } = await findAbsent(options.clickhouse, before.absent);
    if (absent.length === 0) return;
    if (attempt > repairAttemptsMax) {
      throw new StoreError({
        code: "clickhouse_failed",
        message: `ClickHouse accepted ${absent.length} rows and does not have them.`,
      });
    }
    await waitUntilQuiet(options);
    ({ absent } = await findAbsent(options.clickhouse, absent));
    await insertLines({ ...options, lines: absent, token: `${tokenOf(options, absent)}:${attempt}` });
  }
}

/**
 * An insert goes on in ClickHouse when the process that sent it has been killed. As long as one runs that may bring
 * these rows, nothing that is read about them is the last word.
 */
async function waitUntilQuiet(options: Shipment): Promise<void> {
  const mark = options.elsewhere ? `${markOf("")}%` : markOf(options.batchId);
  for (let waitedMs = 0; waitedMs < quietMaxMs; waitedMs += quietPollMs) {
    const [row] = await options.clickhouse.query({
      sql: "SELECT count() AS running FROM system.processes WHERE Settings['log_comment'] LIKE {mark:String}",
      params: { mark },
      row: runningSchema,
    });
    if (row?.running === 0) return;
    await sleep(quietPollMs);
  }
  throw new StoreError({
    code: "clickhouse_timeout",
    message: `An earlier insert of ${options.batchId} has been running for ${quietMaxMs} ms.`,
  });
}

async function insertLines(options: Part & { token: string }): Promise<void> {
  await insert({ ...options, chunks: withLineEnds(options.lines) });
}

async function insert(options: Shipment & { token: string; chunks: Iterable<Buffer> }): Promise<void> {
  // `insert` would parse and print every row again for this format; `exec` sends the bytes as they are.
  const { stream } = await options.clickhouse.client.exec({
    query: "INSERT INTO spans FORMAT JSONEachRow",
    values: Readable.from(options.chunks, { objectMode: false }),
    clickhouse_settings: {
      insert_deduplication_token: options.token,
      // By this an insert is recognised among the running statements.
      log_comment: markOf(options.batchId),
      insert_deduplicate: 1,
      async_insert: 0,
      // A field without a column is a mistake that somebody has to see, not a thing to forget silently.
      input_format_skip_unknown_fields: 0,
      input_format_null_as_default: 1,
      input_format_parallel_parsing: 0,
      max_partitions_per_insert_block: "0",
    },
  });
  // The answer has no body, but the connection is free again only when its end has been read.
  await finished(stream.resume());
}

const lineEnd = Buffer.from("\n");
const chunkBytes = 1024 * 1024;

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield bytes.subarray(start, start + chunkBytes);
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(lineEnd, start);
    const stop = end < 0 ? bytes.length : end;
    if (stop > start) lines.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}

/** Chunks of about a mebibyte, so that the whole is never copied at once. */
function* withLineEnds(lines: readonly Buffer[]): Generator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    parts.push(line, lineEnd);
    bytes += line.length + 1;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

function tokenOf(options: Shipment, lines: readonly Buffer[]): string {
  return `${options.batchId}:${digestOf(lines)}`;
}

function markOf(batchId: string): string {
  return spoolInsertMark + batchId;
}

function digestOf(lines: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line).update("\n");
  return hash.digest("hex").slice(0, 32);
}
