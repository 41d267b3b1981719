import type { RetriedDead } from "@weir/schema";
import type { Spool } from "../../capability.ts";
import { notFound } from "../../errors.ts";

/** How long the answer waits for ClickHouse; what is not there by then goes on by itself. */
const outcomeWaitMs = 8_000;

type Skipped = Awaited<ReturnType<Spool["retryDead"]>>["skipped"][number];

/** Hands dead letters back to the shipper and tells what became of them. */
export async function retryDead(options: {
  spool: Spool;
  /** Null: all of them. */
  batchId: string | null;
  waitMs?: number;
}): Promise<RetriedDead> {
  const { spool, batchId } = options;
  const { batches, skipped, refused } = await spool.retryDead({
    batchIds: batchId === null ? null : [batchId],
    // Half of it: calls go on meanwhile, and a spool at its limit takes no record of them.
    roomBytes: Math.max(0, spool.roomBytes() / 2),
  });
  if (batchId !== null && skipped[0]?.why === "not-found") {
    throw notFound({
      what: "dead batch",
      id: batchId,
      mend: '"weir spool dead" lists those that there are.',
    });
  }
  const outcomes = await settledWithin(refused, options.waitMs ?? outcomeWaitMs);
  const told: RetriedDead = {
    batches: batches.length,
    records: 0,
    refused: 0,
    waiting: 0,
    skipped: skipped.flatMap(describeSkipped),
  };
  for (const [index, { records }] of batches.entries()) {
    const outcome = outcomes[index] ?? null;
    told.records += records;
    if (outcome === null) told.waiting += records;
    else told.refused += outcome;
  }
  return told;
}

function describeSkipped({ batchId, why }: Skipped): RetriedDead["skipped"] {
  switch (why) {
    case "not-found":
      // Another retry took it in this very moment.
      return [];
    case "unfinished":
      return [{ batchId, why: "The rest of its batch is still being shipped. Try again in a moment." }];
    case "unreadable":
      return [
        { batchId, why: "Its file in spool/dead is not as Weir wrote it. Look at it, or move it away." },
      ];
    case "next-time":
      return [{ batchId, why: "So many are not tried at once. Try again for the rest." }];
    case "no-room":
      return [
        { batchId, why: "The spool has no room for it now. Try again once ClickHouse has taken more." },
      ];
  }
}

/** The value of each promise that settles in time; null for the others. */
async function settledWithin(
  promises: readonly Promise<number>[],
  waitMs: number,
): Promise<(number | null)[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), waitMs);
  });
  const outcomes = await Promise.all(promises.map((promise) => Promise.race([promise, late])));
  clearTimeout(timer);
  return outcomes;
}
