import type { Quickstart, Snapshot } from "@weir/schema";
import type { Services } from "../../capability.ts";
import { selectSealedKeys } from "../keys/queries.ts";

/** A project's first key that can be shown, or null. */
export type ReadKey = (projectId: string) => Promise<string | null>;

/** Opens sealed keys. Another Weir on the same Postgres sealed its own with its own `secret.key`: those stay shut here. */
export function createKeyReader(options: {
  postgres: Pick<Services["postgres"], "query">;
  sealer: Services["sealer"];
  log: Pick<Services["log"], "warn">;
}): ReadKey {
  const { postgres, sealer, log } = options;
  let said = false;
  return async (projectId) => {
    let problem: unknown = null;
    for (const { sealed } of await selectSealedKeys(postgres, projectId)) {
      try {
        return sealer.open(sealed);
      } catch (error) {
        problem = error;
      }
    }
    if (problem !== null && !said) {
      said = true;
      log.warn(
        { err: problem },
        "The console cannot show the project's first key: it was sealed with another secret.key. Copy the secret.key of the home that made it into this one and start again, or make a new key.",
      );
    }
    return null;
  };
}

/** What the empty states show, with a key and models that work. */
export async function readQuickstart(options: {
  readKey: ReadKey;
  snapshot: Snapshot;
  projectId: string;
  baseUrl: string;
}): Promise<Quickstart> {
  return {
    baseUrl: options.baseUrl,
    key: await options.readKey(options.projectId),
    models: modelsToTry(options.snapshot),
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
