import { QueryClient } from "@tanstack/react-query";
import { afterEach, describe, expect, test, vi } from "vitest";
import { prefetchTrace } from "./prefetch-trace.ts";
import { traceQuery } from "./trace-queries.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

/** What the server is asked when the console opens at an address, and the client that asked. */
function open(path: string): { asked: string[]; client: QueryClient } {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (input: unknown) => {
    asked.push(String(input));
    return new Response("{}", { status: 403 });
  });
  const client = new QueryClient();
  prefetchTrace(client, new URL(path, "http://127.0.0.1:9347"));
  return { asked, client };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an address that opens a trace", () => {
  test.each([
    ["on its page", `/traces/${traceId}`, undefined],
    ["on its page, of another project", `/traces/${traceId}?project=p2&tab=raw`, "p2"],
    ["beside the list", `/traces?filter=status:error&trace=${traceId}`, undefined],
  ])("%s is read once, under the key of the view", async (_where, path, project) => {
    const { asked, client } = open(path);
    const query = project === undefined ? "" : `?projectId=${project}`;
    expect(asked).toEqual([`/api/v1/traces/${traceId}/columns${query}`]);
    expect(client.getQueryState(traceQuery(project, traceId).queryKey)?.fetchStatus).toBe("fetching");
  });
});

test.each(["/", "/traces", "/traces/compare", `/settings/keys?trace=${traceId}`])(
  "nothing is read for %s",
  (path) => {
    expect(open(path).asked).toEqual([]);
  },
);
