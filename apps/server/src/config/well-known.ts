import type { ProviderProtocol } from "@weir/schema";

/** A provider that the environment alone can configure. */
export interface WellKnownProvider {
  name: string;
  protocol: ProviderProtocol;
  /** Null when there is no default: the provider exists only once its base URL is given. */
  baseUrl: string | null;
  keyVariable: string | null;
  keyRequired: boolean;
  baseUrlVariables: readonly string[];
  /** What the base URL variable leaves out, as the provider's own clients read it. */
  pathSuffix: string;
  priceProvider: string;
  /** Listed even when nothing is configured, so that a call says which key is missing. */
  always: boolean;
}

function hosted(options: {
  name: string;
  baseUrl: string;
  variable: string;
  priceProvider?: string;
}): WellKnownProvider {
  return {
    name: options.name,
    protocol: "openai",
    baseUrl: options.baseUrl,
    keyVariable: `${options.variable}_API_KEY`,
    keyRequired: true,
    baseUrlVariables: [`${options.variable}_BASE_URL`],
    pathSuffix: "",
    priceProvider: options.priceProvider ?? options.name,
    always: false,
  };
}

function selfHosted(options: {
  name: string;
  variable: string;
  baseUrlVariables?: readonly string[];
  pathSuffix?: string;
}): WellKnownProvider {
  return {
    name: options.name,
    protocol: "openai",
    baseUrl: null,
    keyVariable: `${options.variable}_API_KEY`,
    keyRequired: false,
    baseUrlVariables: options.baseUrlVariables ?? [`${options.variable}_BASE_URL`],
    pathSuffix: options.pathSuffix ?? "",
    priceProvider: options.name,
    always: false,
  };
}

/** Providers whose variables have settled names. Base URLs are meant as each provider's own clients mean them. */
export const wellKnownProviders: readonly WellKnownProvider[] = [
  { ...hosted({ name: "openai", baseUrl: "https://api.openai.com/v1", variable: "OPENAI" }), always: true },
  {
    ...hosted({ name: "anthropic", baseUrl: "https://api.anthropic.com/v1", variable: "ANTHROPIC" }),
    protocol: "anthropic",
    // Anthropic's clients add /v1 themselves, so their variable is written without it.
    pathSuffix: "/v1",
    always: true,
  },
  hosted({ name: "groq", baseUrl: "https://api.groq.com/openai/v1", variable: "GROQ" }),
  hosted({ name: "mistral", baseUrl: "https://api.mistral.ai/v1", variable: "MISTRAL" }),
  hosted({ name: "deepseek", baseUrl: "https://api.deepseek.com/v1", variable: "DEEPSEEK" }),
  hosted({ name: "xai", baseUrl: "https://api.x.ai/v1", variable: "XAI", priceProvider: "x-ai" }),
  hosted({ name: "openrouter", baseUrl: "https://openrouter.ai/api/v1", variable: "OPENROUTER" }),
  hosted({ name: "together", baseUrl: "https://api.together.xyz/v1", variable: "TOGETHER" }),
  hosted({ name: "fireworks", baseUrl: "https://api.fireworks.ai/inference/v1", variable: "FIREWORKS" }),
  hosted({ name: "cerebras", baseUrl: "https://api.cerebras.ai/v1", variable: "CEREBRAS" }),
  hosted({
    name: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    variable: "GEMINI",
    priceProvider: "google",
  }),
  selfHosted({
    name: "ollama",
    variable: "OLLAMA",
    baseUrlVariables: ["OLLAMA_BASE_URL", "OLLAMA_HOST"],
    pathSuffix: "/v1",
  }),
  selfHosted({ name: "vllm", variable: "VLLM", pathSuffix: "/v1" }),
  selfHosted({ name: "llamacpp", variable: "LLAMA_CPP", pathSuffix: "/v1" }),
  selfHosted({ name: "lmstudio", variable: "LMSTUDIO", pathSuffix: "/v1" }),
];

/**
 * A provider's base URL as the gateway wants it, from what a person wrote: a scheme when there is none (as in
 * `OLLAMA_HOST=127.0.0.1:11434`), no slash at the end, and the provider's own suffix unless it is there already.
 * Null when it is no http(s) URL.
 */
export function normalizeBaseUrl(options: { text: string; pathSuffix: string }): string | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(options.text) ? options.text : `http://${options.text}`;
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol) || !url.hostname) return null;
  if (url.search || url.hash || url.username || url.password) return null;
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path.endsWith(options.pathSuffix) ? path : path + options.pathSuffix}`;
}
