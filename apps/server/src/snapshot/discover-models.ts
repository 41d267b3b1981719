import type { SnapshotProvider } from "@weir/schema";
import { z } from "zod";

const timeoutMs = 5_000;
const listMaxBytes = 8 * 1024 * 1024;
const modelsMax = 5_000;

/** What a provider said when it was asked for its models. */
export type Discovery = { ok: true; models: string[] } | { ok: false; problem: string };

const listSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string().min(1) })) });

/** True when asking makes sense: a real provider, with its key if it needs one. */
export function canDiscover(provider: SnapshotProvider): boolean {
  return provider.protocol !== "sim" && (provider.apiKey !== "" || !provider.keyRequired);
}

/** Asks `GET {baseUrl}/models`. A failure is a sentence, never thrown: a provider that is away stops nothing. */
export async function discoverModels(
  provider: SnapshotProvider,
  options: { signal?: AbortSignal } = {},
): Promise<Discovery> {
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
  const query = provider.protocol === "anthropic" ? "?limit=1000" : "";
  try {
    const response = await fetch(`${provider.baseUrl}/models${query}`, {
      headers: authHeaders(provider),
      // A key belongs to its origin and does not follow a redirect elsewhere.
      redirect: "error",
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      return {
        ok: false,
        problem: `${provider.baseUrl}/models answered ${response.status}${hintOf(response.status)}.`,
      };
    }
    const parsed = listSchema.safeParse(JSON.parse(await readLimited(response)));
    if (!parsed.success)
      return { ok: false, problem: `${provider.baseUrl}/models answered no list of models.` };
    const ids = new Set(parsed.data.data.map((model) => model.id));
    return { ok: true, models: [...ids].slice(0, modelsMax) };
  } catch (error) {
    return { ok: false, problem: `${provider.baseUrl}/models: ${reasonOf(error)}.` };
  }
}

function authHeaders(provider: SnapshotProvider): Headers {
  const headers = new Headers(provider.headers);
  if (provider.apiKey === "") return headers;
  if (provider.protocol === "anthropic") {
    if (!headers.has("x-api-key")) headers.set("x-api-key", provider.apiKey);
    if (!headers.has("anthropic-version")) headers.set("anthropic-version", "2023-06-01");
  } else if (!headers.has("authorization")) {
    headers.set("authorization", `Bearer ${provider.apiKey}`);
  }
  return headers;
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > listMaxBytes) throw new Error(`the list is larger than ${listMaxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function hintOf(status: number): string {
  if (status === 401 || status === 403) return ": its key is not accepted";
  if (status === 404) return ": it has no list of models, or its base URL lacks its path";
  return "";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
