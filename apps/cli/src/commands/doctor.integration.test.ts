import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runDoctor } from "./doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a home that is no folder is found, and everything else is looked at all the same", async () => {
  const home = join(folder, "file");
  writeFileSync(home, "");
  let printed = "";
  const code = await runDoctor(
    {
      variables: { WEIR_HOME: home, WEIR_PORT: "0" },
      workingDirectory: folder,
      print: (text) => (printed += text),
      printError: () => undefined,
    },
    {},
  );
  expect(code).toBe(1);
  expect(printed).toContain(`error    disk: ${home} cannot be written to (ENOTDIR).`);
  expect(printed).toContain(`error    engines: ${home}/run/endpoint.json cannot be read.`);
  expect(printed).toContain("clock:");
});

test("engines of one's own are tried also while Weir does not run", async () => {
  const server = createServer((_request, response) => response.end("1\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  let printed = "";
  try {
    const code = await runDoctor(
      {
        variables: {
          WEIR_HOME: join(folder, "home"),
          WEIR_PORT: "0",
          WEIR_CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
          WEIR_POSTGRES_URL: "postgresql://weir@no-such-host.invalid/weir",
        },
        workingDirectory: folder,
        print: (text) => (printed += text),
        printError: () => undefined,
      },
      {},
    );
    expect(code).toBe(1);
    expect(printed).toContain("ok       engines: Your own ClickHouse answers.");
    expect(printed).toContain("error    engines: Your own Postgres: getaddrinfo");
    expect(printed).toContain("check WEIR_POSTGRES_URL");
  } finally {
    server.close();
  }
});
