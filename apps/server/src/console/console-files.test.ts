import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConsoleFiles } from "./console-files.ts";

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "weir-console-"));
  folder = join(root, "dist");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<title>the page</title>");
  writeFileSync(join(folder, "assets", "index-a1b2c3.js"), "let weir;");
  writeFileSync(join(folder, "assets", "index-a1b2c3.js.br"), brotliCompressSync("let weir;"));
  writeFileSync(join(root, "secret.txt"), "outside");
});
afterAll(() => rmSync(root, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  createConsoleFiles(folder)(new Request(`http://x${path}`, { headers }));

test("every path that the page's own router knows gets the page, never from a cache", async () => {
  for (const path of ["/", "/traces", "/traces/0af7651916cd43dd8448eb211c80319c?tab=cost", "/sign-in"]) {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("the page");
    expect(response.headers.get("cache-control")).toBe("no-cache");
  }
});

test("hashed assets are kept for ever, packed when the browser can unpack them", async () => {
  const plain = await get("/assets/index-a1b2c3.js");
  expect(plain.headers.get("cache-control")).toContain("immutable");
  expect(plain.headers.get("content-type")).toContain("text/javascript");
  expect(await plain.text()).toBe("let weir;");
  const packed = await get("/assets/index-a1b2c3.js", { "accept-encoding": "gzip, br" });
  expect(packed.headers.get("content-encoding")).toBe("br");
  const again = await get("/assets/index-a1b2c3.js", { "if-none-match": plain.headers.get("etag") ?? "" });
  expect(again.status).toBe(304);
});

test("a client that wants no page gets an error that programs read", async () => {
  const ask = (path: string, init: RequestInit) =>
    createConsoleFiles(folder)(new Request(`http://x${path}`, init));
  const missing = { status: 404, code: "route_not_found", mend: expect.stringContaining("/v1") };
  await expect(ask("/responses", { method: "POST" })).rejects.toMatchObject(missing);
  await expect(ask("/responses", { headers: { accept: "application/json" } })).rejects.toMatchObject(missing);
  expect((await ask("/traces", { headers: { accept: "text/html,*/*;q=0.8" } })).status).toBe(200);
  expect((await ask("/traces", { headers: { accept: "*/*" } })).status).toBe(200);
});

test("an asset of an older build is missing, not the page", async () => {
  expect((await get("/assets/index-gone.js")).status).toBe(404);
});

test.each(["/../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%00", "/%E0%A4%A"])(
  "nothing outside the folder: %s",
  async (path) => {
    expect(await (await get(path)).text()).not.toContain("outside");
  },
);

test("without a build the page says what to run", async () => {
  const response = await createConsoleFiles(join(root, "nowhere"))(new Request("http://x/"));
  expect(response.status).toBe(503);
  expect(await response.text()).toContain("npm run build");
});
