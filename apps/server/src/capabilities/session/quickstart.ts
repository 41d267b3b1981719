import type { Quickstart, Snapshot } from "@weir/schema";
import type { Services } from "../../capability.ts";
import { selectSealedKey } from "../keys/queries.ts";

/** What the empty states show, with a key and models that work. */
export async function readQuickstart(options: {
  services: Services;
  projectId: string;
  baseUrl: string;
}): Promise<Quickstart> {
  const { services } = options;
  const [row] = await selectSealedKey(services.postgres, options.projectId);
  return {
    baseUrl: options.baseUrl,
    key: row ? services.sealer.open(row.sealed) : null,
    models: modelsToTry(services.runtime.snapshot()),
  };
}

/** Small, well-known models first: a first call should cost next to nothing. */
const preferred = [/mini|nano|haiku|flash|small/i, /^gpt|^claude/i];

function modelsToTry(snapshot: Snapshot): Quickstart["models"] {
  const models: Quickstart["models"] = [];
  for (const protocol of ["openai", "anthropic"] as const) {
    const ready = snapshot.providers.filter(
      (provider) => provider.protocol === protocol && (provider.apiKey !== "" || !provider.keyRequired),
    );
    const provider = ready.find((candidate) => candidate.models.length > 0);
    if (!provider) continue;
    const chat = provider.models.filter(
      (model) => !/embed|audio|image|tts|whisper|moderation|realtime|dall/i.test(model),
    );
    const best =
      preferred.map((pattern) => chat.find((model) => pattern.test(model))).find(Boolean) ?? chat[0];
    if (best) models.push({ model: `${provider.name}/${best}`, protocol });
  }
  if (snapshot.providers.some((provider) => provider.protocol === "sim")) {
    models.push({ model: "sim/echo", protocol: "sim" });
  }
  return models;
}
