import { useQuery } from "@tanstack/react-query";
import { Unreachable } from "../api/failure.ts";
import { failureOf, untilItAnswers } from "../api/persistence.ts";
import { reloadForLostCode } from "./new-code.ts";

/** Code as far as it has been read. */
export interface ReadCode<Code> {
  code: Code | undefined;
  /** Why it could not be read so far; null while nothing says that it cannot. */
  error: unknown;
  retry: () => void;
}

const preloads = new Set<() => Promise<void>>();

/**
 * Code that is read when it is first needed. While the server is away it is asked for again and again, where React's
 * `lazy` would keep the first failure and throw it at whatever is around.
 */
export function lazyCode<Name extends string, Code>(
  load: () => Promise<Record<Name, Code>>,
  name: Name,
): { useCode: () => ReadCode<Code>; preload: () => Promise<void> } {
  let loaded: Code | undefined;
  let failures = 0;
  const read = async (): Promise<Code> => {
    loaded ??= (await load())[name];
    return loaded;
  };
  const readNeeded = async (): Promise<Code> => {
    try {
      return await read();
    } catch (cause) {
      failures += 1;
      // The first time it is asked for once more, which is enough for Chromium.
      if (failures > 1) await reloadForLostCode();
      throw new Unreachable(cause);
    }
  };
  function useCode(): ReadCode<Code> {
    const query = useQuery({
      queryKey: ["code", name],
      queryFn: readNeeded,
      enabled: loaded === undefined,
      staleTime: 0,
      ...untilItAnswers,
    });
    return { code: query.data ?? loaded, error: failureOf(query), retry: () => void query.refetch() };
  }
  const preload = async (): Promise<void> => {
    // What needs the code says what failed.
    await read().catch(() => undefined);
  };
  preloads.add(preload);
  return { useCode, preload };
}

/** Reads all such code, so that everything opens at once, and also while the server is away. */
export async function preloadCode(): Promise<void> {
  for (const preload of preloads) await preload();
}
