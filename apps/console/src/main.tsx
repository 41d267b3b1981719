// First, since it must run before the schemas are made.
// oxlint-disable-next-line import/no-unassigned-import
import "./api/without-eval.ts";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { watchFailures } from "./api/persistence.ts";
import { retryQuery } from "./api/queries.ts";
import { hideCompositionKeys } from "./app/composition.ts";
import { reloadForNewCode } from "./app/new-code.ts";
import { router } from "./app/router.tsx";
import { prefetchTrace } from "./capabilities/trace-view/prefetch-trace.ts";
import { TooltipProvider } from "./components/tooltip.tsx";

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: retryQuery,
      retryDelay: (attempt) => Math.min(4000, 500 * 2 ** attempt),
      staleTime: 5000,
      // A server on this very machine needs no internet: what the browser thinks of being online says nothing.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

hideCompositionKeys();
watchFailures(queryClient.getQueryCache());
prefetchTrace(queryClient, new URL(window.location.href));

// Code that is gone, because the server was upgraded, or that cannot be read, because it is away.
window.addEventListener("vite:preloadError", () => void reloadForNewCode());

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <RouterProvider router={router} />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
