import { existsSync } from "node:fs";
import { deadLettersSchema, retriedDeadSchema } from "@weir/schema";
import type { z } from "zod";
import type { CommandContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { formatMinute } from "../format-minute.ts";
import { connectToServer, homeOf } from "../server-client.ts";
import { formatTable } from "../table.ts";

const reasonMaxCharacters = 100;
const skippedShown = 10;

type DeadLetters = z.infer<typeof deadLettersSchema>;

/** `weir spool dead`: the records that ClickHouse refused for what they contain, also while no Weir runs. */
export async function listDead(context: CommandContext, options: { json?: boolean }): Promise<number> {
  let dead: DeadLetters;
  let runs = true;
  try {
    dead = await connectToServer(context).call({
      method: "GET",
      path: "/spool/dead",
      result: deadLettersSchema,
    });
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "not_running") throw error;
    const { spool } = (await import("@weir/server")).homePaths(homeOf(context));
    // Where no Weir has been either, a mistaken WEIR_HOME is what to tell.
    if (!existsSync(spool)) throw error;
    dead = await readDead(spool);
    runs = false;
  }
  if (options.json) {
    context.print(`${JSON.stringify(dead)}\n`);
    return 0;
  }
  if (dead.batches === 0) {
    context.print("No records lie dead: ClickHouse has refused none for what they contain.\n");
    return 0;
  }
  const rows = dead.data.map(({ batchId, records, bytes, refusedAt, reasons }) => [
    batchId,
    String(records),
    formatBytes(bytes),
    formatMinute(refusedAt),
    describeReasons(reasons),
  ]);
  context.print(formatTable({ headings: ["batch", "records", "size", "refused (UTC)", "why"], rows }));
  const more = dead.batches - dead.data.length;
  if (more > 0) context.print(`and ${countOf(more, "batch", "batches")} more\n`);
  const when = runs
    ? "once what the reason says is mended"
    : "once Weir runs and what the reason says is mended";
  context.print(`\n"weir spool retry" tries them again, ${when}.\n`);
  return 0;
}

/** What lies in the files of a home on which nothing runs. */
async function readDead(spool: string): Promise<DeadLetters> {
  const { listDeadLetters } = await import("@weir/server");
  const listed = await listDeadLetters(spool, { batchesMax: Infinity });
  return { ...listed, records: listed.data.reduce((sum, { records }) => sum + records, 0) };
}

/** `weir spool retry [batch]`: hands dead letters back. Ends with 1 when some are refused again or had to stay. */
export async function retryDead(
  context: CommandContext,
  batchId: string | undefined,
  options: { json?: boolean },
): Promise<number> {
  if (batchId?.trim() === "") {
    throw new CliError({
      code: "batch_id_missing",
      message: "The batch's id is empty.",
      mend: '"weir spool dead" shows the id of every batch; without one, all are tried.',
    });
  }
  const retried = await connectToServer(context).call({
    method: "POST",
    path: "/spool/dead/retry",
    body: batchId === undefined ? {} : { batchId },
    result: retriedDeadSchema,
  });
  const { batches, records, refused, waiting, skipped } = retried;
  const code = refused > 0 || skipped.length > 0 ? 1 : 0;
  if (options.json) {
    context.print(`${JSON.stringify(retried)}\n`);
    return code;
  }
  if (batches === 0 && skipped.length === 0) {
    context.print("No records lie dead: there is nothing to try again.\n");
    return code;
  }
  if (batches > 0) {
    const arrived = records - refused - waiting;
    context.print(`Of ${countOf(records, "record")} in ${countOf(batches, "batch", "batches")}:\n`);
    if (arrived > 0) context.print(`  ${arrived} in ClickHouse now\n`);
    if (refused > 0) context.print(`  ${refused} refused again; "weir spool dead" says why\n`);
    if (waiting > 0) context.print(`  ${waiting} in the spool, shipped once ClickHouse takes them\n`);
  }
  for (const { batchId: stays, why } of skipped.slice(0, skippedShown)) {
    context.print(`${stays} stays: ${why}\n`);
  }
  const more = skipped.length - skippedShown;
  if (more > 0) context.print(`and ${countOf(more, "batch", "batches")} more\n`);
  return code;
}

const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

function describeReasons(reasons: readonly { reason: string }[]): string {
  const [first, ...others] = reasons;
  if (!first) return "";
  // ClickHouse's messages have line breaks, quote rows at length, and end with the part of it that read them.
  const line = first.reason.replaceAll(/\s+/g, " ").replace(/ ?: While executing \w+.*$/, "");
  const short = line.length <= reasonMaxCharacters ? line : `${line.slice(0, reasonMaxCharacters)}…`;
  return others.length === 0 ? short : `${short} (and ${countOf(others.length, "other reason")})`;
}
