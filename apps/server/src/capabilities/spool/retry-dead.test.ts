import { expect, test } from "vitest";
import type { Spool } from "../../capability.ts";
import { retryDead } from "./retry-dead.ts";

type Answer = Awaited<ReturnType<Spool["retryDead"]>>;

function spoolThatAnswers(answer: Partial<Answer>) {
  const asked: Parameters<Spool["retryDead"]>[0][] = [];
  const spool: Spool = {
    listDead: async () => ({ batches: 0, data: [] }),
    deadRecords: () => 0,
    roomBytes: () => 1000,
    retryDead: async (options) => {
      asked.push(options);
      return { batches: [], skipped: [], refused: [], ...answer };
    },
  };
  return { spool, asked };
}

const batch = (batchId: string, records: number) => ({
  batchId,
  segment: `retry-${batchId}.ndjson`,
  records,
});

test("what became of the records adds up, also when ClickHouse keeps some waiting", async () => {
  const { spool, asked } = spoolThatAnswers({
    batches: [batch("batch-1", 5), batch("batch-2", 3), batch("batch-3", 2)],
    refused: [Promise.resolve(1), new Promise(() => undefined), Promise.resolve(0)],
    skipped: [
      { batchId: "batch-4", why: "unfinished" },
      { batchId: "batch-5", why: "not-found" },
    ],
  });
  expect(await retryDead({ spool, batchId: null, waitMs: 20 })).toEqual({
    batches: 3,
    records: 10,
    refused: 1,
    waiting: 3,
    skipped: [{ batchId: "batch-4", why: expect.stringContaining("Try again in a moment") }],
  });
  // Half of the room stays for the records of calls.
  expect(asked).toEqual([{ batchIds: null, roomBytes: 500 }]);
});

test("a batch that is not there is said so, with where to look", async () => {
  const { spool } = spoolThatAnswers({ skipped: [{ batchId: "batch-9", why: "not-found" }] });
  await expect(retryDead({ spool, batchId: "batch-9" })).rejects.toMatchObject({
    code: "dead_batch_not_found",
    status: 404,
    mend: expect.stringContaining("weir spool dead"),
  });
});
