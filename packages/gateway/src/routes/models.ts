import type { IncomingMessage, ServerResponse } from "node:http";
import type { Gate } from "../gate.ts";
import { authenticate } from "../snapshot/authenticate.ts";
import type { CompiledSnapshot } from "../snapshot/compiled-snapshot.ts";
import { modelUnknown } from "../snapshot/resolve-model.ts";

const pageMax = 1000;
/** Lists do not say when a model came out; both protocols want an instant all the same. */
const unknownInstant = "1970-01-01T00:00:00Z";

const openAiModel = (id: string) => ({
  id,
  object: "model",
  created: 0,
  owned_by: id.slice(0, id.indexOf("/")),
});
const anthropicModel = (id: string) => ({
  type: "model",
  id,
  display_name: id.slice(id.indexOf("/") + 1),
  created_at: unknownInstant,
});

/** Anthropic's pages: `limit`, and `after_id` or `before_id`. */
function anthropicPage(ids: readonly string[], query: URLSearchParams) {
  const after = query.get("after_id");
  const before = query.get("before_id");
  const limit = Math.min(pageMax, Math.max(1, Number.parseInt(query.get("limit") ?? "", 10) || pageMax));
  const from = after === null ? 0 : ids.indexOf(after) + 1;
  const to = before === null ? ids.length : Math.max(0, ids.indexOf(before));
  const window = ids.slice(from, to);
  const page = before === null ? window.slice(0, limit) : window.slice(-limit);
  return {
    data: page.map(anthropicModel),
    has_more: page.length < window.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

function findModel(snapshot: CompiledSnapshot, asked: string): string {
  const known = new Set(snapshot.modelIds);
  if (known.has(asked)) return asked;
  const holders = snapshot.bareModels.get(asked);
  if (holders?.length === 1 && holders[0] !== undefined) return `${holders[0].name}/${asked}`;
  throw modelUnknown(snapshot, asked);
}

/**
 * `GET /v1/models` and `GET /v1/models/{id}`, in Anthropic's shape for callers that send `anthropic-version`,
 * else in OpenAI's. Ids are `provider/model`.
 */
export function serveModels(
  gate: Gate,
  exchange: { req: IncomingMessage; res: ServerResponse },
  path: { id: string; query: string },
): void {
  const { req, res } = exchange;
  const snapshot = gate.snapshot();
  authenticate(snapshot, req.headers);
  const anthropic = req.headers["anthropic-version"] !== undefined;
  const shape = anthropic ? anthropicModel : openAiModel;
  const all = (): unknown =>
    anthropic
      ? anthropicPage(snapshot.modelIds, new URLSearchParams(path.query))
      : { object: "list", data: snapshot.modelIds.map(openAiModel) };
  const body = Buffer.from(JSON.stringify(path.id === "" ? all() : shape(findModel(snapshot, path.id))));
  res.writeHead(200, ["content-type", "application/json", "content-length", String(body.length)]);
  res.end(body);
}
