import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Logger } from "pino";

/**
 * Builds the console in the background when it has not been built, e.g. after an install without scripts. Null when
 * there is nothing to do or nothing to do it with; the console's address then says what to run.
 */
export function buildConsoleIfMissing(options: { folder: string; log: Logger }): ChildProcess | null {
  const { folder, log } = options;
  const source = dirname(folder);
  if (existsSync(join(folder, "index.html")) || !existsSync(join(source, "package.json"))) return null;
  let vite: string;
  try {
    vite = createRequire(join(source, "package.json")).resolve("vite/package.json");
  } catch (error) {
    log.warn(
      { err: error },
      'The console is not built and vite is not installed; run "npm ci" and "npm run build"',
    );
    return null;
  }
  log.info("The console is not built yet; building it now");
  const child = spawn(process.execPath, [join(dirname(vite), "bin/vite.js"), "build"], {
    cwd: source,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let tail = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-2_000);
  });
  child.on("error", (error) => log.error({ err: error }, "The console could not be built"));
  child.on("exit", (code, signal) => {
    if (code === 0) log.info("The console is built; reload the page");
    else if (signal === null)
      log.error({ tail }, 'The console could not be built; run "npm run build" to see why');
  });
  return child;
}
