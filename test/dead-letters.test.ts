import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { api, runWeir, startSystem, until, type System } from "./system.ts";

let system: System | null = null;
afterEach(async () => {
  await system?.dispose();
  system = null;
});

async function firstProject(at: System): Promise<string> {
  const { output } = await runWeir(at, "key", "list", "--json");
  return z.array(z.object({ projectId: z.string() })).parse(JSON.parse(output))[0]?.projectId ?? "";
}

const recordOf = (projectId: string, more: Record<string, unknown> = {}) => ({
  project_id: projectId,
  trace_id: randomBytes(16).toString("hex"),
  span_id: randomBytes(8).toString("hex"),
  kind: "generation",
  name: "chat",
  source: "gateway",
  started_at: new Date().toISOString().slice(0, 23).replace("T", " "),
  duration_ms: 1,
  status: "ok",
  ...more,
});

test("records that ClickHouse refused are listed, tried again, and told in the status", async () => {
  system = await startSystem();
  const { home } = system;
  expect(await runWeir(system, "spool", "dead")).toEqual({
    code: 0,
    output: expect.stringContaining("No records lie dead"),
  });
  expect(await runWeir(system, "spool", "retry")).toEqual({
    code: 0,
    output: expect.stringContaining("nothing to try again"),
  });
  expect((await runWeir(system, "status")).output).not.toContain("spool retry");

  // A record with a field that this table does not have, as a newer Weir on the same spool would leave it.
  const projectId = await firstProject(system);
  const segment = join(home, "spool", "gateway-9-1-00000000");
  const refused = recordOf(projectId, { no_such_column: 1 });
  writeFileSync(`${segment}.tmp`, `${JSON.stringify(refused)}\n`);
  renameSync(`${segment}.tmp`, `${segment}.ndjson`);
  const at = system;
  await until("the line in the status", async () =>
    (await runWeir(at, "status")).output.includes("1 record was refused by ClickHouse"),
  );
  expect((await runWeir(system, "doctor")).output).toMatch(/warning +engines: spool: 1 record was refused/);
  const listed = await runWeir(system, "spool", "dead");
  expect(listed.output).toMatch(/^batch +records +size +refused \(UTC\) +why\n/);
  expect(listed.output).toMatch(/\nbatch-\S+ +1 +\d+ B +\d{4}-\d\d-\d\d \d\d:\d\d +.*no_such_column/);

  // Still refused: dead again, in a batch of its own, with the reason of now.
  const batchId = /^batch-\S+/m.exec(listed.output.replace(/^batch .*/, ""))?.[0] ?? "";
  expect(await runWeir(system, "spool", "retry", batchId)).toEqual({
    code: 1,
    output: 'Of 1 record in 1 batch:\n  1 refused again; "weir spool dead" says why\n',
  });
  expect(await runWeir(system, "spool", "retry", batchId)).toMatchObject({
    code: 1,
    output: expect.stringContaining("There is no dead batch"),
  });
  expect((await runWeir(system, "spool", "retry", "../x")).output).toContain("weir spool dead");

  // As after an upgrade that brings the column: what was refused is now what the table takes.
  await system.stop();
  const good = recordOf(projectId);
  const letter = {
    rejectedAt: new Date().toISOString(),
    exceptionCode: 117,
    reason: "x",
    line: JSON.stringify(good),
  };
  writeFileSync(join(home, "spool", "dead", "batch-1-00000001.ndjson"), `${JSON.stringify(letter)}\n`);
  expect(await runWeir(system, "spool", "retry")).toEqual({
    code: 1,
    output: expect.stringContaining('Start it with "npm start"'),
  });
  system = await startSystem({ home, port: system.port });
  expect(await runWeir(system, "spool", "retry")).toEqual({
    code: 1,
    output:
      'Of 2 records in 2 batches:\n  1 in ClickHouse now\n  1 refused again; "weir spool dead" says why\n',
  });
  expect(await api(system, `/traces/${good.trace_id}`)).toMatchObject({ spans: [{ spanId: good.span_id }] });
});
