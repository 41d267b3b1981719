import type { Resolution } from "../snapshot/resolve-model.ts";

/**
 * Services that report the usage of every stream, and refuse with a 422 to be asked for it. They are told by their price
 * list, which stays the same under whatever name or URL they are configured.
 */
const reportUnasked: ReadonlySet<string> = new Set(["mistral"]);

/** Whether a stream of this provider has to be asked for its usage, in OpenAI's protocol. */
export function mustAskForUsage({ provider }: Resolution): boolean {
  return !reportUnasked.has(provider.source.priceProvider);
}
