/** Providers whose names in OpenTelemetry, or in SDKs, differ from those of the price list. */
const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    "aws.bedrock": "aws",
    "amazon-bedrock": "aws",
    "azure.ai.openai": "azure",
    "azure.ai.inference": "azure",
    azure_openai: "azure",
    "az.ai.openai": "azure",
    "az.ai.inference": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    vertex_ai: "google",
    x_ai: "x-ai",
    xai: "x-ai",
    mistral_ai: "mistral",
    mistralai: "mistral",
  }),
);

const makers: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|o\d|chatgpt-|text-embedding-|omni-)/, "openai"],
  [/^claude-/, "anthropic"],
  [/^gemini-/, "google"],
  [/^grok-/, "x-ai"],
  [/^(mistral|codestral|magistral|ministral)-/, "mistral"],
  [/^deepseek-/, "deepseek"],
];

/**
 * The price list's name of a provider. A span that names no provider is priced by the maker of its model, whose
 * own interface is the usual one for models that only their makers serve under these names.
 */
export function priceProviderOf(provider: string, model: string): string {
  const name = provider.toLowerCase();
  if (name !== "") return aliases.get(name) ?? name;
  return makers.find(([pattern]) => pattern.test(model))?.[1] ?? "";
}
