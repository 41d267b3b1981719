import { setTimeout as sleep } from "node:timers/promises";
import { connectClickHouse } from "../src/clickhouse/connect-clickhouse.ts";
import { handBackDead } from "../src/spool/retry-dead.ts";
import { createShipper } from "../src/spool/shipper.ts";
import { createTestLog } from "./store-fixture.ts";

// A process that hands dead letters back again and again while it ships, to be killed by a test; with `taken` it kills
// itself between two steps of the first: node hand-back-child.ts <spool directory> <ClickHouse URL> [taken]
const [, , directory = "", url = "", when = ""] = process.argv;
if (when === "taken") {
  const onTaken = () => process.kill(process.pid, "SIGKILL");
  await handBackDead({ directory, batchIds: null, roomBytes: Infinity, onTaken });
}
const clickhouse = connectClickHouse({ url });
const shipper = createShipper({ directory, clickhouse: () => clickhouse, log: createTestLog() });
shipper.start();
console.log("shipping");
for (;;) {
  await shipper.retryDead({ batchIds: null, roomBytes: Infinity });
  await sleep(1);
}
