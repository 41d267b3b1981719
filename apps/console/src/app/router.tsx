import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { HomePage } from "../capabilities/home/home-page.tsx";
import { SignInPage } from "../capabilities/sign-in/sign-in-page.tsx";
import { TracesPage } from "../capabilities/traces/traces-page.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { lazyPage } from "./lazy-page.tsx";
import { NotFound } from "./not-found.tsx";
import { parseSearch, readSearch, stringifySearch } from "./search-params.ts";
import { SessionGate } from "./session-gate.tsx";

function Crash({ error, reset }: { error: unknown; reset: () => void }): ReactNode {
  return (
    <ErrorState
      title="This page failed"
      error={error}
      stillWorks="Every other page, and all recording."
      onRetry={reset}
    />
  );
}

const rootRoute = createRootRoute({
  component: Outlet,
  validateSearch: readSearch,
  notFoundComponent: NotFound,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  component: SignInPage,
});

const frameRoute = createRoute({ getParentRoute: () => rootRoute, id: "frame", component: SessionGate });

const homeRoute = createRoute({ getParentRoute: () => frameRoute, path: "/", component: HomePage });

const tracesRoute = createRoute({ getParentRoute: () => frameRoute, path: "/traces", component: TracesPage });

const traceRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/traces/$traceId",
  component: lazyPage(() => import("../capabilities/traces/trace-page.tsx"), "TracePage"),
});

// Before the trace's own route in the order of matching, since a fixed path goes before a parameter.
const compareRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/traces/compare",
  component: lazyPage(() => import("../capabilities/trace-compare/compare-page.tsx"), "ComparePage"),
});

const keysRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/settings/keys",
  component: lazyPage(() => import("../capabilities/keys/keys-page.tsx"), "KeysPage"),
});

const modelsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/settings/models",
  component: lazyPage(() => import("../capabilities/models/models-page.tsx"), "ModelsPage"),
});

const systemRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/settings/system",
  component: lazyPage(() => import("../capabilities/system/system-page.tsx"), "SystemPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    frameRoute.addChildren([
      homeRoute,
      tracesRoute,
      traceRoute,
      compareRoute,
      keysRoute,
      modelsRoute,
      systemRoute,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
