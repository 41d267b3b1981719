import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { watchFailures } from "./api/persistence.ts";
import { retryQuery } from "./api/queries.ts";
import { router } from "./app/router.tsx";
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

watchFailures(queryClient.getQueryCache());

// A page that was open during an upgrade asks for code that is gone; a reload gets the new one, but only once.
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("weir.reloadedAt") ?? "0");
  if (Date.now() - last < 10_000) return;
  event.preventDefault();
  sessionStorage.setItem("weir.reloadedAt", String(Date.now()));
  window.location.reload();
});

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
