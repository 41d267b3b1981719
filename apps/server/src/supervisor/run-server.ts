import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import manifest from "../../package.json" with { type: "json" };
import { loadConfig } from "../config/config.ts";
import type { Config } from "../config/config.ts";
import type { Variables } from "../config/environment.ts";
import { ConfigError } from "../config/errors.ts";
import { buildConsoleIfMissing } from "../console/build-console.ts";
import { HomeNotOwnedError, prepareHome } from "../home/home.ts";
import type { Home } from "../home/home.ts";
import { HomeLockedError, takeLock } from "../home/lock.ts";
import { openSecrets, SecretFileError } from "../home/secrets.ts";
import { createLog } from "../log/log.ts";
import { isLoopback } from "../api/security.ts";
import { announcement } from "./announce.ts";
import { createBreakDown } from "./break-down.ts";
import { whenNpmIsGone } from "./parent-watch.ts";
import { PortUnavailableError } from "./port-probe.ts";
import { WeirServer } from "./server.ts";
import { listenForStop } from "./stop-request.ts";
import type { StopRequest } from "./stop-request.ts";

/** How long the announcement waits for the engines before it is made without them. */
const readyWaitMs = 15_000;

const consoleFolder = fileURLToPath(new URL("../../../console/dist", import.meta.url));

/** The version of this Weir. */
export const version = manifest.version;

/**
 * Runs a whole Weir until it is told to stop (SIGTERM, SIGINT, a terminal that is closed, or the end of the launcher or npm that started it).
 * @returns the exit code: 0 after an orderly stop, 1 when it could not start or broke
 */
export async function runServer(options: {
  variables: Variables;
  workingDirectory: string;
  print: (text: string) => void;
}): Promise<number> {
  const startedAt = Date.now();
  const { print } = options;
  const stop = listenForStop();
  whenNpmIsGone(options.variables, stop.request);
  let config: Config;
  let home: Home;
  let release: () => void;
  try {
    config = loadConfig(options);
    home = prepareHome(config.home);
    release = await takeLock(home);
  } catch (error) {
    print(startFailure(error));
    return 1;
  }
  try {
    return await runInHome({ config, home, stop, startedAt, print });
  } finally {
    release();
  }
}

async function runInHome(options: {
  config: Config;
  home: Home;
  stop: StopRequest;
  startedAt: number;
  print: (text: string) => void;
}): Promise<number> {
  const { config, home, print } = options;
  let opened: ReturnType<typeof openHome>;
  try {
    opened = openHome(options);
  } catch (error) {
    print(startFailure(error));
    return 1;
  }
  const { server, log, close } = opened;
  try {
    for (const warning of warningsOf(config)) log.warn(warning);
    const builder = buildConsoleIfMissing({ folder: consoleFolder, log });
    const { publicUrl } = config;
    const code = await serve({ ...options, server, log, home: home.root, publicUrl });
    builder?.kill();
    return code;
  } finally {
    close();
  }
}

/** What a start opens in the home, and the server on it. */
function openHome(options: { config: Config; home: Home; print: (text: string) => void }): {
  server: WeirServer;
  log: Logger;
  close: () => void;
} {
  const { config, home } = options;
  const secrets = openSecrets(home);
  const { logger: log, close } = createLog({
    folder: home.log,
    level: config.logLevel,
    secrets: config.providers.flatMap((provider) => [provider.apiKey, ...Object.values(provider.headers)]),
    terminal: options.print,
  });
  const server = new WeirServer({ config, home, secrets, log, version, consoleFolder });
  return { server, log, close };
}

async function serve(options: {
  server: WeirServer;
  startedAt: number;
  stop: StopRequest;
  log: Logger;
  print: (text: string) => void;
  home: string;
  publicUrl: string | null;
}): Promise<number> {
  const { server, stop, log, print } = options;
  let code = 0;
  stop.onForce(() => {
    print("Stopped by force; the record is whole, and what was not shipped is shipped at the next start.\n");
    server.kill();
    process.exit(1);
  });
  const breakDown = createBreakDown({ log, requestStop: stop.request });
  process.on("uncaughtException", breakDown.handle);
  // One request of the console that failed unseen is no reason to stop serving calls.
  process.on("unhandledRejection", (error) => {
    log.error({ err: error }, "Something failed that nobody waited for; please report this with the log");
  });
  try {
    await server.start();
    await Promise.race([server.ready(), delay(readyWaitMs), stop.requested]);
    if (!stop.isRequested()) {
      print(
        announcement({
          version,
          localUrl: server.baseUrl(),
          publicUrl: options.publicUrl,
          startMs: Date.now() - options.startedAt,
          firstStart: server.firstStart(),
          system: server.system(),
          home: options.home,
        }),
      );
      server.markStarted();
    }
    await stop.requested;
    log.info("Stopping: calls under way finish, records are shipped");
  } catch (error) {
    print(startFailure(error));
    code = 1;
  }
  await server.stop();
  log.info("Stopped");
  return breakDown.happened() ? 1 : code;
}

function warningsOf(config: Config): string[] {
  if (isLoopback(config.host)) return config.warnings;
  const open = config.trustProxy
    ? `Weir listens on ${config.host} and believes the x-forwarded headers of whoever reaches it. Let the proxy alone reach this port.`
    : config.publicUrl?.startsWith("https:")
      ? `Weir listens on ${config.host} without encryption. Let the proxy at ${config.publicUrl} alone reach this port.`
      : `Weir listens on ${config.host}, which other machines reach, without encryption. Put TLS in front of it.`;
  return [...config.warnings, open];
}

/** What to print when it cannot start: for mistakes of a person the mend, for anything else the whole error. */
function startFailure(error: unknown): string {
  if (error instanceof ConfigError) {
    const lines = error.problems.map((problem) => `  ${problem.where}: ${problem.message}`);
    return `Weir cannot start: the configuration has ${lines.length === 1 ? "a mistake" : `${lines.length} mistakes`}.\n${lines.join("\n")}\n`;
  }
  const kinds = [HomeLockedError, HomeNotOwnedError, SecretFileError, PortUnavailableError];
  const told = kinds.some((kind) => error instanceof kind);
  if (error instanceof Error && told) {
    return `Weir cannot start: ${error.message}\n`;
  }
  // A refusal of the operating system. A full disk gives no path.
  if (error instanceof Error && "syscall" in error) {
    return `Weir cannot start: ${error.message}. Check that WEIR_HOME is a folder that you may write to, on a disk with room.\n`;
  }
  return `Weir cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
