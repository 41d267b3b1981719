import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { api, startSystem, until, type System } from "./system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  await system?.dispose();
});

const traceSchema = z.object({ spans: z.array(z.object({ spanId: z.string() })) });
const spanSchema = z.object({ rawRequest: z.string(), input: z.array(z.unknown()) });

/** A PNG's first bytes and enough noise behind them to be too large for a row, each time another. */
function largeImage(): { image: Buffer; sha256: string } {
  const image = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), randomBytes(40_000)]);
  return { image, sha256: createHash("sha256").update(image).digest("hex") };
}

/** Asks the simulator about an image; the trace that it makes. */
async function askAbout(image: Buffer, text: string, key = system.key): Promise<string> {
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: "sim/chat?ttft=0&tokens=1",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text },
            { type: "image_url", image_url: { url: `data:image/png;base64,${image.toString("base64")}` } },
          ],
        },
      ],
    }),
  });
  expect(response.status, await response.text()).toBe(200);
  return response.headers.get("x-weir-trace-id") ?? "";
}

const readTrace = (traceId: string) =>
  until("the trace", async () => traceSchema.parse(await api(system, `/traces/${traceId}`)));

test("a large image leaves the row for a file under its own hash, and comes back from there", async () => {
  const { image, sha256 } = largeImage();
  const traceId = await askAbout(image, "what is this?");
  const trace = await readTrace(traceId);
  const span = spanSchema.parse(await api(system, `/traces/${traceId}/spans/${trace.spans[0]?.spanId}`));
  expect(span.rawRequest.length).toBeLessThan(1000);
  expect(span.rawRequest).toContain(`weir-blob:sha256/${sha256}`);
  expect(JSON.stringify(span.input)).toContain(sha256);

  const blob = await fetch(`${system.origin}/api/v1/blobs/${sha256}`, {
    headers: { authorization: `Bearer ${system.key}` },
  });
  expect(blob.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await blob.arrayBuffer()).equals(image)).toBe(true);
  const stranger = await fetch(`${system.origin}/api/v1/blobs/${sha256}`);
  expect(stranger.status).toBe(401);
});

const blobStatus = async (sha256: string, key = system.key): Promise<number> => {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${system.origin}/api/v1/blobs/${sha256}`, { headers });
  await response.arrayBuffer();
  return response.status;
};

test("of an earlier Weir, behind a text longer than what is searched, it is still the project's", async () => {
  const { image, sha256 } = largeImage();
  await readTrace(await askAbout(image, "word ".repeat(1_000_000)));
  const owners = join(system.home, "blobs", sha256.slice(0, 2), sha256.slice(2, 4), `${sha256}.of`);
  expect(existsSync(owners)).toBe(true);
  rmSync(owners, { recursive: true });
  expect(await blobStatus(sha256)).toBe(200);
});

test("another project sees it once it brought it, and not because it names it", async () => {
  const admin = readFileSync(join(system.home, "admin-token"), "utf8").trim();
  const create = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${system.origin}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    return response.json();
  };
  const { projectId } = z
    .object({ projectId: z.string() })
    .parse(await create("/projects", { name: "other" }));
  const made = await create("/keys", { projectId, name: "other" });
  const { secret } = z.object({ secret: z.string() }).parse(made);
  const { image, sha256 } = largeImage();
  await readTrace(await askAbout(image, "mine"));
  await until("the new key to be known", async () => (await blobStatus(sha256, secret)) === 404);
  const named = await askAbout(largeImage().image, `weir-blob:sha256/${sha256}`, secret);
  await until("the name to be recorded", async () => {
    const headers = { authorization: `Bearer ${secret}` };
    const traces = await fetch(`${system.origin}/api/v1/traces`, { headers });
    return (await traces.text()).includes(named);
  });
  expect(await blobStatus(sha256, secret)).toBe(404);
  await askAbout(image, "mine as well", secret);
  expect(await blobStatus(sha256, secret)).toBe(200);
});
