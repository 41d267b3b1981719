import { systemSchema } from "@weir/schema";
import type { System } from "@weir/schema";
import type { CommandContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { connectToServer } from "../server-client.ts";
import { clockFindings } from "./clock.ts";
import { diskFinding } from "./disk.ts";
import { examinePublicUrl } from "./public-url.ts";

/** One thing that was looked at: how it is, and what to do when it is not well. */
interface Finding {
  check: "configuration" | "disk" | "port" | "public-url" | "engines" | "provider" | "clock" | "node";
  level: "ok" | "warning" | "error";
  detail: string;
  /** Empty when there is nothing to do. */
  mend: string;
}

type Server = typeof import("@weir/server");
type Config = import("@weir/server").Config;

/** `weir doctor`: looks at everything that a start or a call depends on. Ends with 1 when something is wrong. */
export async function runDoctor(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const findings = await examine(context);
  const failed = findings.some((finding) => finding.level === "error");
  if (options.json) {
    context.print(`${JSON.stringify({ ok: !failed, findings })}\n`);
    return failed ? 1 : 0;
  }
  const marks = { ok: "ok     ", warning: "warning", error: "error  " };
  for (const { level, check, detail, mend } of findings) {
    context.print(`${marks[level]}  ${check}: ${detail}\n`);
    if (mend) context.print(`         ${mend}\n`);
  }
  return failed ? 1 : 0;
}

async function examine(context: CommandContext): Promise<Finding[]> {
  const server = await import("@weir/server");
  let config: Config;
  try {
    config = server.loadConfig(context);
  } catch (error) {
    if (!(error instanceof server.ConfigError)) throw error;
    return error.problems.map((problem) => ({
      check: "configuration",
      level: "error",
      detail: `${problem.where}: ${problem.message}`,
      mend: "",
    }));
  }
  const system = await readSystem(context);
  return [
    { check: "node", level: "ok", detail: `Node ${process.versions.node}.`, mend: "" },
    configurationFinding(config),
    await diskFinding(config.home),
    ...(await runningFindings({ server, config, system })),
    ...(await publicUrlFindings({ context, system })),
    ...(await providerFindings({ server, config })),
    ...(await clockFindings({
      baseUrls: config.providers.filter(server.canDiscover).map((provider) => provider.baseUrl),
      home: config.home,
    })),
  ];
}

function configurationFinding(config: Config): Finding {
  const from = config.file ?? "the environment alone";
  const level = config.warnings.length > 0 ? "warning" : "ok";
  return { check: "configuration", level, detail: `Read from ${from}.`, mend: config.warnings.join(" ") };
}

async function runningFindings(options: {
  server: Server;
  config: Config;
  system: System | CliError;
}): Promise<Finding[]> {
  const { server, config, system } = options;
  if (!(system instanceof CliError)) {
    const findings: Finding[] = [
      { check: "port", level: "ok", detail: "Weir runs and answers.", mend: "" },
      ...system.components.map(({ name, state, detail }): Finding => {
        const level = state === "ok" ? "ok" : state === "degraded" ? "warning" : "error";
        const mend = state === "ok" ? "" : `Look at ${config.home}/log/weir.log for what ${name} said.`;
        return { check: "engines", level, detail: `${name}: ${detail}`, mend };
      }),
    ];
    return findings;
  }
  if (system.code === "home_unreadable") {
    return [{ check: "engines", level: "error", detail: system.message, mend: system.mend }];
  }
  const holder = server.readLockHolder(server.homePaths(config.home).lock);
  if (holder) {
    const detail = `Process ${holder.pid} holds ${config.home}, but does not answer: ${system.message}`;
    return [
      {
        check: "engines",
        level: "error",
        detail,
        mend: `Stop it with "kill ${holder.pid}" and start again.`,
      },
    ];
  }
  return [await portFinding({ server, config }), ...(await idleFindings({ server, config }))];
}

async function portFinding(options: { server: Server; config: Config }): Promise<Finding> {
  const { server, config } = options;
  try {
    await server.probePort(config);
    const detail =
      config.port === 0
        ? `The system chooses a free port of ${config.host} at the start.`
        : `${config.host}:${config.port} is free.`;
    return { check: "port", level: "ok", detail, mend: "" };
  } catch (error) {
    if (!(error instanceof server.PortUnavailableError)) throw error;
    return { check: "port", level: "error", detail: error.message, mend: "" };
  }
}

/** The engines of a Weir that does not run: those of one's own are there all the same. */
async function idleFindings(options: { server: Server; config: Config }): Promise<Finding[]> {
  const { server, config } = options;
  const trials = await server.tryEngines(config);
  const idle: Finding = {
    check: "engines",
    level: "ok",
    detail: "Weir does not run; the embedded engines start with it.",
    mend: "",
  };
  return [
    ...(trials.length < 2 ? [idle] : []),
    ...trials.map(({ title, problem, mend }): Finding => {
      const detail = `Your own ${problem === "" ? `${title} answers.` : problem}`;
      return { check: "engines", level: problem === "" ? "ok" : "error", detail, mend };
    }),
  ];
}

/** Only a Weir that runs can be asked for, and it is the one that knows its address. */
async function publicUrlFindings(options: {
  context: CommandContext;
  system: System | CliError;
}): Promise<Finding[]> {
  if (options.system instanceof CliError) return [];
  const { publicUrl } = connectToServer(options.context);
  if (publicUrl === null) return [];
  const { detail, mend, problem } = await examinePublicUrl({
    publicUrl,
    startedAt: options.system.startedAt,
  });
  // A firewall may keep this very machine from its own public name, so that silence alone is no failure.
  const level = problem === "" ? "ok" : problem === "unreachable" ? "warning" : "error";
  return [{ check: "public-url", level, detail, mend }];
}

async function providerFindings(options: { server: Server; config: Config }): Promise<Finding[]> {
  const { server, config } = options;
  const findings = await Promise.all(
    config.providers.map(async (provider): Promise<Finding[]> => {
      if (provider.protocol === "sim") return [];
      if (!server.canDiscover(provider)) {
        const detail = `${provider.name} has no key.`;
        const mend = `Set ${provider.keyHint} to call it.`;
        return [{ check: "provider", level: "warning", detail, mend }];
      }
      const found = await server.discoverModels(provider);
      const state: Finding = found.ok
        ? {
            check: "provider",
            level: "ok",
            detail: `${provider.name} lists ${found.models.length} models.`,
            mend: "",
          }
        : {
            check: "provider",
            level: "warning",
            detail: `${provider.name}: ${found.problem}`,
            mend: "Check its base URL, its key, and the way to it through proxies and firewalls.",
          };
      return [state];
    }),
  );
  return findings.flat();
}

async function readSystem(context: CommandContext): Promise<System | CliError> {
  try {
    return await connectToServer(context).call({ method: "GET", path: "/system", result: systemSchema });
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}
