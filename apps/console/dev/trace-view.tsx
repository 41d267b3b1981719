/**
 * The trace view on fixtures, without a server: `npm run dev -w @weir/console`, then
 * `/dev/trace-view.html?fixture=agent&theme=dark&layout=page`. For its makers' eyes and for pictures; no part of the
 * build.
 */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { spanSummarySchema } from "@weir/schema";
import { useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { useShortcutDispatch } from "../src/app/shortcuts.ts";
import { TraceView, type TraceNavigation } from "../src/capabilities/trace-view/index.ts";
import { agentTrace } from "../src/capabilities/trace-view/fixtures/agent-trace.ts";
import type { TraceFixture } from "../src/capabilities/trace-view/fixtures/build.ts";
import { longConversation, longMessage } from "../src/capabilities/trace-view/fixtures/conversations.ts";
import { hugeTrace } from "../src/capabilities/trace-view/fixtures/huge-trace.ts";
import {
  brokenStream,
  plainCall,
  refusedCall,
  translatedCall,
} from "../src/capabilities/trace-view/fixtures/single-calls.ts";
import { TooltipProvider } from "../src/components/tooltip.tsx";

const fixtures: Record<string, () => TraceFixture> = {
  plain: plainCall,
  refused: refusedCall,
  broken: brokenStream,
  translated: translatedCall,
  conversation: longConversation,
  message: longMessage,
  agent: agentTrace,
  huge: hugeTrace,
};

const parameters = new URLSearchParams(window.location.search);
const name = parameters.get("fixture") ?? "agent";
const fixture = fixtures[name]?.();
const theme = parameters.get("theme");
if (theme !== null) document.documentElement.dataset.theme = theme;

const problem = (status: number, title: string): Response =>
  Response.json(
    {
      type: "about:blank",
      title,
      status,
      detail: title,
      code: status === 404 ? "trace_not_found" : `fixture_${status}`,
      mend: "Choose another fixture.",
      requestId: "req_01JD3V6M",
    },
    { status, headers: { "content-type": "application/problem+json" } },
  );

/** A trace as the server sends it: each field of the spans as a list of its own. */
function inColumns({ spans, ...trace }: TraceFixture["trace"]): object {
  const names = Object.keys(spanSummarySchema.shape);
  const lists = names.map((field): [string, unknown[]] => [
    field,
    spans.map((span) => Reflect.get(span, field)),
  ]);
  return { spansOmitted: 0, ...trace, columns: Object.fromEntries(lists) };
}

/** Answers the two reads of the view as the server would. */
window.fetch = async (input) => {
  const path = new URL(String(input), window.location.origin).pathname;
  await new Promise((resolve) => setTimeout(resolve, Number(parameters.get("delay") ?? "0")));
  if (name === "failing") return problem(503, "The ClickHouse process is restarting.");
  const spanId = /\/spans\/([^/]+)$/.exec(path)?.[1];
  if (fixture === undefined) return problem(404, "No such trace.");
  if (spanId === undefined) return Response.json(inColumns(fixture.trace));
  const span = fixture.spans.get(spanId);
  return span === undefined ? problem(404, "No such span.") : Response.json(span);
};

function Page(): ReactNode {
  useShortcutDispatch();
  const [search, setSearch] = useState({
    span: parameters.get("span") ?? undefined,
    tab: parameters.get("tab") ?? undefined,
  });
  const onNavigate = (to: TraceNavigation): void => {
    if (to.type === "view") setSearch((now) => ({ span: to.spanId ?? now.span, tab: to.tab ?? now.tab }));
    else document.title = JSON.stringify(to);
  };
  return (
    <main style={{ height: "100vh" }}>
      <TraceView
        traceId={fixture?.trace.traceId ?? "0".repeat(32)}
        spanId={search.span}
        tab={search.tab}
        onNavigate={onNavigate}
        hrefOf={(to) => `#${encodeURIComponent(JSON.stringify(to))}`}
        layout={parameters.get("layout") === "peek" ? "peek" : "page"}
      />
    </main>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("trace-view.html has no #root");
createRoot(root).render(
  <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
    <TooltipProvider>
      <Page />
    </TooltipProvider>
  </QueryClientProvider>,
);
