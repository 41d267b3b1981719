import { z } from "zod";
import type { CommandContext } from "../context.ts";
import { formatMinute } from "../format-minute.ts";
import { connectToServer } from "../server-client.ts";

/** `weir link`: a one-time sign-in link for the console. */
export async function makeLink(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const link = await connectToServer(context).call({
    method: "POST",
    path: "/links",
    result: z.object({ url: z.string(), expiresAt: z.string() }),
  });
  if (options.json) context.print(`${JSON.stringify(link)}\n`);
  else context.print(`${link.url}\n\nWorks once, until ${formatMinute(link.expiresAt)} UTC.\n`);
  return 0;
}
