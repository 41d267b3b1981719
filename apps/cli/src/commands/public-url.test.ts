import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { examinePublicUrl } from "./public-url.ts";

const startedAt = "2026-11-21T12:00:00.123Z";
let server: Server | null = null;
afterEach(() => server?.close());

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

test("an address that leads to this Weir, whatever its state, is well", async () => {
  const publicUrl = await serve((req, res) => {
    expect(req.headers.authorization).toBeUndefined();
    res.writeHead(503).end(JSON.stringify({ state: "down", startedAt }));
  });
  expect(await examinePublicUrl({ publicUrl, startedAt })).toMatchObject({ problem: "" });
});

test.each([
  ["another Weir", 200, JSON.stringify({ startedAt: "2026-11-21T12:00:00.124Z" })],
  ["another server", 200, "<h1>Welcome to nginx</h1>"],
  ["a redirect", 301, ""],
])("%s is told with its mend", async (_, status, body) => {
  const publicUrl = await serve((_req, res) => res.writeHead(status, { location: "/" }).end(body));
  const finding = await examinePublicUrl({ publicUrl, startedAt });
  expect(finding).toMatchObject({ problem: "elsewhere" });
  expect(finding.detail).toContain(`answers ${status}`);
});

test("nothing at all is told with the reason", async () => {
  const publicUrl = await serve(() => undefined);
  server?.close();
  const finding = await examinePublicUrl({ publicUrl, startedAt });
  expect(finding.problem).toBe("unreachable");
  expect(finding.detail).toContain("ECONNREFUSED");
});
