import { apiKeySchema, createdApiKeySchema, pageSchema } from "@weir/schema";
import type { CommandContext } from "../context.ts";
import { CliError } from "../errors.ts";
import { formatMinute } from "../format-minute.ts";
import { connectToServer } from "../server-client.ts";
import { formatTable } from "../table.ts";

interface KeyOptions {
  json?: boolean;
  project?: string;
}

/** `weir key create <name>` */
export async function createKey(context: CommandContext, name: string, options: KeyOptions): Promise<number> {
  const created = await connectToServer(context).call({
    method: "POST",
    path: "/keys",
    body: { name, ...(options.project === undefined ? {} : { projectId: options.project }) },
    result: createdApiKeySchema,
  });
  if (options.json) context.print(`${JSON.stringify(created)}\n`);
  else context.print(`${created.secret}\n\nThis is ${created.key.keyId}. The key is shown here only once.\n`);
  return 0;
}

/** `weir key list` */
export async function listKeys(context: CommandContext, options: KeyOptions): Promise<number> {
  const query = options.project === undefined ? "" : `?projectId=${encodeURIComponent(options.project)}`;
  const page = await connectToServer(context).call({
    method: "GET",
    path: `/keys${query}`,
    result: pageSchema(apiKeySchema),
  });
  if (options.json) {
    context.print(`${JSON.stringify(page.data)}\n`);
    return 0;
  }
  const rows = page.data.map((key) => [
    key.keyId,
    key.name,
    key.prefix,
    key.createdAt.slice(0, 10),
    key.lastUsedAt === null ? "never" : formatMinute(key.lastUsedAt),
    key.revokedAt === null ? "works" : `revoked ${key.revokedAt.slice(0, 10)}`,
  ]);
  context.print(formatTable({ headings: ["id", "name", "key", "made", "last used (UTC)", "state"], rows }));
  return 0;
}

/** `weir key revoke <keyId>` */
export async function revokeKey(
  context: CommandContext,
  keyId: string,
  options: KeyOptions,
): Promise<number> {
  if (keyId.trim() === "") {
    throw new CliError({
      code: "key_id_missing",
      message: "The key's id is empty.",
      mend: '"weir key list" shows the id of every key.',
    });
  }
  const key = await connectToServer(context).call({
    method: "POST",
    path: `/keys/${encodeURIComponent(keyId)}/revoke`,
    result: apiKeySchema,
  });
  if (options.json) context.print(`${JSON.stringify(key)}\n`);
  else
    context.print(`The key ${key.name} (${key.prefix}) is revoked; calls with it are refused from now on.\n`);
  return 0;
}
