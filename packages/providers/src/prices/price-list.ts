import { calcPrice, findProvider } from "@pydantic/genai-prices";

/** Version of the price list that this build carries; a test holds it against the installed package. */
export const priceVersion = "genai-prices@0.1.8";

/** A price of one unit: flat, or rising with the size of the whole input. */
export interface TieredPrice {
  base: number;
  tiers: readonly { start: number; price: number }[];
}

/** The prices of one model at one moment, by the list's own keys, e.g. `input_mtok`. */
export interface ModelPrices {
  /** As the list names them, e.g. `openai/gpt-4o-mini`. */
  priceModel: string;
  prices: ReadonlyMap<string, TieredPrice>;
}

interface CacheEntry {
  /** Null: the list does not know the model. */
  prices: ModelPrices | null;
  /** Prices that depend on the date or the hour are looked up anew for every second. */
  second: number | null;
}

/** Models that callers ask for are few; a client that makes up names must not fill the memory. */
const cacheMax = 5000;

/** Looks prices up in the list that is built into the package; nothing is fetched from anywhere. */
export class PriceList {
  readonly #cache = new Map<string, Map<string, CacheEntry>>();
  #size = 0;

  find(options: { provider: string; model: string; atMs: number }): ModelPrices | null {
    const second = Math.floor(options.atMs / 1000);
    const known = this.#cache.get(options.provider)?.get(options.model);
    if (known !== undefined && (known.second === null || known.second === second)) return known.prices;
    const entry = lookUp(options, second);
    this.#keep(options, entry);
    return entry.prices;
  }

  #keep(options: { provider: string; model: string }, entry: CacheEntry): void {
    if (this.#size >= cacheMax) {
      this.#cache.clear();
      this.#size = 0;
    }
    let models = this.#cache.get(options.provider);
    if (models === undefined) {
      models = new Map();
      this.#cache.set(options.provider, models);
    }
    if (!models.has(options.model)) this.#size += 1;
    models.set(options.model, entry);
  }
}

function lookUp(options: { provider: string; model: string; atMs: number }, second: number): CacheEntry {
  // Without its provider a name says nothing about the price: the same open model costs differently everywhere.
  if (options.provider === "" || options.model === "") return { prices: null, second: null };
  const found = calcPrice({}, options.model, {
    providerId: options.provider,
    timestamp: new Date(options.atMs),
  });
  if (found === null) return { prices: null, second: null };
  const prices = new Map<string, TieredPrice>();
  for (const [key, price] of Object.entries(found.model_price)) {
    if (typeof price === "number") prices.set(key, { base: price, tiers: [] });
    else if (price !== undefined) {
      prices.set(key, { base: price.base, tiers: price.tiers.toSorted((a, b) => a.start - b.start) });
    }
  }
  return {
    prices: { priceModel: `${found.provider.id}/${found.model.id}`, prices },
    second: Array.isArray(found.model.prices) ? second : null,
  };
}

/**
 * The models that the price list knows of a provider, for suggestions; deprecated ones are left out.
 * @param provider a provider id of the price list, or a name that it recognises; `sim` names the simulator
 */
export function knownModels(provider: string): string[] {
  if (provider === "sim") return ["chat", "echo"];
  const found = provider === "" ? undefined : findProvider({ providerId: provider });
  if (found === undefined) return [];
  return found.models
    .filter((model) => model.deprecated !== true)
    .map((model) => model.id)
    .toSorted();
}
