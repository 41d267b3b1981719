import { Pool } from "undici";
import { requestBody } from "./answers.ts";
import { residentBytes, startUpstream, startWeir } from "./contenders.ts";

/**
 * Memory over many recorded calls: the resident size of Weir's own process every tenth of the way. Flat is what
 * it must be. `node bench/soak.ts [calls=500000] [concurrency=32]`
 */
const calls = Number(process.argv[2] ?? 500_000);
const concurrency = Number(process.argv[3] ?? 32);
const mebibyte = 1024 * 1024;

const upstream = await startUpstream();
const weir = await startWeir(upstream, 1);
const pool = new Pool(weir.origin, { connections: concurrency, pipelining: 1 });
try {
  const body = requestBody({ model: weir.model });
  let sent = 0;
  let failed = 0;
  const tenth = Math.floor(calls / 10);
  process.stdout.write("| calls | Weir's process, MiB | with its engines, MiB |\n|---|---|---|\n");
  const report = () =>
    process.stdout.write(
      `| ${sent} | ${Math.round(residentBytes(weir.pid, { children: false }) / mebibyte)} ` +
        `| ${Math.round(residentBytes(weir.pid, { children: true }) / mebibyte)} |\n`,
    );
  report();
  const worker = async () => {
    while (sent < calls) {
      sent += 1;
      if (sent % tenth === 0) report();
      const response = await pool.request({
        path: "/v1/chat/completions",
        method: "POST",
        headers: weir.headers,
        body,
      });
      await response.body.dump();
      if (response.statusCode !== 200) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  report();
  process.stdout.write(`\n${failed} of ${sent} calls failed\n`);
} finally {
  await pool.close();
  await weir.stop();
  await upstream.stop();
}
