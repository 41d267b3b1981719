import type { ReactNode } from "react";
import { ErrorState } from "../components/error-state.tsx";
import { lazyCode } from "./lazy-code.ts";

type PageComponent = () => ReactNode;

/**
 * A page whose code is read when it is first opened. While the server is away it says so inside the frame and reads
 * again, where the router's own way of doing this reloads the address and ends on the browser's error page.
 */
export function lazyPage<Name extends string>(
  load: () => Promise<Record<Name, PageComponent>>,
  name: Name,
): PageComponent & { preload: () => Promise<void> } {
  const { useCode, preload } = lazyCode(load, name);
  function LazyPage(): ReactNode {
    const { code: Loaded, error, retry } = useCode();
    if (Loaded !== undefined) return <Loaded />;
    if (error === null) return null;
    return <ErrorState title="This page could not be read" error={error} onRetry={retry} />;
  }
  return Object.assign(LazyPage, { preload });
}
