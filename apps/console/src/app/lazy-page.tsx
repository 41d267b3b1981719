import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Unreachable } from "../api/failure.ts";
import { failureOf, untilItAnswers } from "../api/persistence.ts";
import { ErrorState } from "../components/error-state.tsx";

type PageComponent = () => ReactNode;

const preloads = new Set<() => Promise<void>>();

/**
 * A page whose code is read when it is first opened. While the server is away it says so inside the frame and reads
 * again, where the router's own way of doing this reloads the address and ends on the browser's error page.
 */
export function lazyPage<Name extends string>(
  load: () => Promise<Record<Name, PageComponent>>,
  name: Name,
): PageComponent & { preload: () => Promise<void> } {
  let Loaded: PageComponent | undefined;
  const read = async (): Promise<boolean> => {
    try {
      Loaded ??= (await load())[name];
    } catch (cause) {
      throw new Unreachable(cause);
    }
    return true;
  };
  function LazyPage(): ReactNode {
    const code = useQuery({
      queryKey: ["code", name],
      queryFn: read,
      enabled: Loaded === undefined,
      staleTime: 0,
      ...untilItAnswers,
    });
    if (Loaded !== undefined) return <Loaded />;
    const error = failureOf(code);
    if (error === null) return null;
    return (
      <ErrorState title="This page could not be read" error={error} onRetry={() => void code.refetch()} />
    );
  }
  const preload = async (): Promise<void> => {
    // The page itself says what failed.
    await read().catch(() => false);
  };
  preloads.add(preload);
  return Object.assign(LazyPage, { preload });
}

/** Reads the code of every page, so that all of them open at once, and also while the server is away. */
export async function preloadPages(): Promise<void> {
  for (const preload of preloads) await preload();
}
