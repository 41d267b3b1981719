import { systemSchema } from "@weir/schema";
import type { CommandContext } from "../context.ts";
import { connectToServer } from "../server-client.ts";
import { formatTable } from "../table.ts";

/** `weir status`: how the running server is. Ends with 1 when something is down. */
export async function showStatus(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const server = connectToServer(context);
  const system = await server.call({ method: "GET", path: "/system", result: systemSchema });
  const code = system.state === "down" ? 1 : 0;
  if (options.json) {
    const { baseUrl, publicUrl, pid } = server;
    context.print(`${JSON.stringify({ ...system, baseUrl, publicUrl, pid })}\n`);
    return code;
  }
  const at = server.publicUrl === null ? server.baseUrl : `${server.publicUrl} (here ${server.baseUrl})`;
  context.print(
    `Weir ${system.version} at ${at}: ${system.state} (process ${server.pid}, since ${system.startedAt.slice(0, 19)}Z)\n\n`,
  );
  const components = system.components.map(({ name, state, detail }) => [name, state, detail]);
  context.print(formatTable({ headings: ["component", "state", ""], rows: components }));
  const providers = system.providers.map((provider) => [
    provider.name,
    provider.simulator ? "simulator" : provider.keyPresent || !provider.keyRequired ? "ready" : "no key",
    `${provider.models} models`,
    provider.problem || provider.baseUrl,
  ]);
  context.print(`\n${formatTable({ headings: ["provider", "state", "", ""], rows: providers })}`);
  for (const sentence of system.notRecording) context.print(`\nNot recorded: ${sentence}\n`);
  return code;
}
