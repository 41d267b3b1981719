import { connectClickHouse } from "../src/clickhouse/connect-clickhouse.ts";
import { createShipper } from "../src/spool/shipper.ts";
import { createTestLog } from "./store-fixture.ts";

// A process that only ships, to be killed by a test: node shipper-child.ts <spool directory> <ClickHouse URL>
const [, , directory = "", url = ""] = process.argv;
const clickhouse = connectClickHouse({ url });
createShipper({ directory, clickhouse: () => clickhouse, log: createTestLog() }).start();
console.log("shipping");
