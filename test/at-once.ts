import { expect } from "vitest";

/** Always the same, unless another seed is asked for: WEIR_TEST_SEED=<n>. */
export const seed = Number(process.env["WEIR_TEST_SEED"] ?? 1);

/** Eight at once, enough to meet on a connection, few enough for two slow cores; tells all that failed. */
export async function eightAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const queue = [...items.entries()];
  const results: Result[] = [];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        results.push(await work(next[1], next[0]));
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(failures).toEqual([]);
  return results;
}
