import type { JsonObject } from "../contract.ts";
import type { CacheMark } from "../translate/canonical.ts";
import { isJsonObject } from "../json.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";

/**
 * Reads a cache mark of an OpenAI-shaped part or tool: OpenAI's own `prompt_cache_breakpoint`, or the
 * `cache_control` that OpenAI-shaped clients commonly send for Anthropic's models.
 */
export function readCacheMark(holder: JsonObject, path: string, book: ReceiptBook): CacheMark | null {
  const control = holder["cache_control"];
  if (isJsonObject(control)) {
    return { ttl: control["ttl"] === "1h" ? "1h" : "5m", path: `${path}.cache_control` };
  }
  const breakpoint = holder["prompt_cache_breakpoint"];
  if (!isJsonObject(breakpoint)) return null;
  const markPath = `${path}.prompt_cache_breakpoint`;
  if (breakpoint["ttl"] === undefined) return { ttl: "5m", path: markPath };
  book.rewritten(`${markPath}.ttl`, "The nearest lifetime that other protocols have is one hour.");
  return { ttl: "1h", path: markPath };
}
