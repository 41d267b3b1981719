import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { runDoctor } from "./commands/doctor.ts";
import { createKey, listKeys, revokeKey } from "./commands/keys.ts";
import { makeLink } from "./commands/link.ts";
import { listDead, retryDead } from "./commands/spool.ts";
import { showStatus } from "./commands/status.ts";
import { withWholePaths } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { CliError } from "./errors.ts";
import { printTo } from "./print-to.ts";

/**
 * The `weir` command.
 * @returns the exit code: 0 when it went well, 1 when something is wrong, 2 for a command line that cannot be read
 */
export async function main(options: {
  variables: CommandContext["variables"];
  argv: readonly string[];
}): Promise<number> {
  const context: CommandContext = {
    variables: withWholePaths(options.variables),
    workingDirectory: process.cwd(),
    print: printTo(process.stdout),
    printError: printTo(process.stderr),
  };
  let code = 0;
  const program = createProgram(context, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...options.argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CliError)) throw error;
    context.printError(`${error.message}\n${error.mend}\n`);
    return 1;
  }
}

function createProgram(context: CommandContext, finish: (code: number) => void): Command {
  const program = new Command("weir")
    .description("Weir: the gate that every model call passes, and the record of what happened.")
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError()
    .configureOutput({ writeOut: context.print, writeErr: context.printError });
  program
    .command("up")
    .description("Start everything and stay until Ctrl-C")
    .action(async () => {
      const { runServer } = await import("@weir/server");
      finish(await runServer(context));
    });
  program
    .command("status")
    .description("How the running Weir is")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => finish(await showStatus(context, options)));
  program
    .command("doctor")
    .description(
      "Check disk, port, public URL, engines, provider keys and clock, with the mend for each finding",
    )
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => finish(await runDoctor(context, options)));
  program
    .command("link")
    .description("Make a one-time sign-in link for the console")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => finish(await makeLink(context, options)));
  addKeyCommands({ program, context, finish });
  addSpoolCommands({ program, context, finish });
  return program;
}

function addKeyCommands(options: {
  program: Command;
  context: CommandContext;
  finish: (code: number) => void;
}): void {
  const { context, finish } = options;
  type KeyFlags = { json?: boolean; project?: string };
  const key = options.program.command("key").description("Project keys, which applications call with");
  key
    .command("create")
    .description("Make a key and print it")
    .argument("<name>", "what it is for")
    .option("--project <projectId>", "the project; the first one unless told")
    .option("--json", "print JSON")
    .action(async (name: string, flags: KeyFlags) => finish(await createKey(context, name, flags)));
  key
    .command("list")
    .description("The keys of a project")
    .option("--project <projectId>", "the project; the first one unless told")
    .option("--json", "print JSON")
    .action(async (flags: KeyFlags) => finish(await listKeys(context, flags)));
  key
    .command("revoke")
    .description("Revoke a key: calls with it are refused from then on")
    .argument("<keyId>", 'as "weir key list" shows it')
    .option("--json", "print JSON")
    .action(async (keyId: string, flags: KeyFlags) => finish(await revokeKey(context, keyId, flags)));
}

function addSpoolCommands(options: {
  program: Command;
  context: CommandContext;
  finish: (code: number) => void;
}): void {
  const { context, finish } = options;
  type SpoolFlags = { json?: boolean };
  const spool = options.program.command("spool").description("Records on their way to ClickHouse");
  spool
    .command("dead")
    .description("The records that ClickHouse refused for what they contain, with the reasons")
    .option("--json", "print JSON")
    .action(async (flags: SpoolFlags) => finish(await listDead(context, flags)));
  spool
    .command("retry")
    .description("Ship those records once more; what is refused again is set aside again")
    .argument("[batch]", 'as "weir spool dead" shows it; all of them unless told')
    .option("--json", "print JSON")
    .action(async (batch: string | undefined, flags: SpoolFlags) =>
      finish(await retryDead(context, batch, flags)),
    );
}
