import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Snapshot, SnapshotKey, SnapshotProvider } from "@weir/schema";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SnapshotPublisher } from "./publisher.ts";

let folder: string;
let upstream: Server;
let baseUrl: string;
let requests: IncomingMessage[];
let answer: { status: number; body: string; location?: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-snapshot-"));
  requests = [];
  answer = {
    status: 200,
    body: JSON.stringify({ data: [{ id: "model-a", owned_by: "x" }, { id: "model-b" }] }),
  };
  upstream = createServer((request, response) => {
    requests.push(request);
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {});
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const address = upstream.address();
  baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1`;
});
afterEach(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  rmSync(folder, { recursive: true });
});

function provider(overrides: Partial<SnapshotProvider> = {}): SnapshotProvider {
  return {
    name: "house",
    protocol: "openai",
    baseUrl,
    apiKey: "sk-house-secret",
    keyRequired: true,
    keyHint: "",
    headers: { "x-team": "header-secret" },
    models: ["configured"],
    priceProvider: "house",
    timeoutMs: 1000,
    ...overrides,
  };
}

const key = (id: string): SnapshotKey => ({
  id,
  projectId: "project_1",
  name: id,
  sha256: "ab".repeat(32),
  revokedAt: null,
});

function makePublisher(
  options: { providers?: SnapshotProvider[]; readKeys?: () => Promise<SnapshotKey[]> } = {},
) {
  const published: Snapshot[] = [];
  const publisher = new SnapshotPublisher({
    path: join(folder, "snapshot.json"),
    providers: options.providers ?? [provider()],
    strict: false,
    readKeys: options.readKeys ?? (async () => [key("key_1")]),
    publish: async (snapshot) => {
      published.push(snapshot);
    },
    log: pino({ level: "silent" }),
  });
  return { publisher, published };
}

const modelsOf = (publisher: SnapshotPublisher) => publisher.current().providers[0]?.models;

test("the models that a provider lists join those that were configured", async () => {
  const { publisher } = makePublisher();
  publisher.startDiscovery();
  await vi.waitFor(() => expect(modelsOf(publisher)).toEqual(["configured", "model-a", "model-b"]));
  publisher.stop();
  expect(requests[0]?.url).toBe("/v1/models");
  expect(requests[0]?.headers).toMatchObject({
    authorization: "Bearer sk-house-secret",
    "x-team": "header-secret",
  });
});

test("Anthropic is asked in its own way", async () => {
  const { publisher } = makePublisher({ providers: [provider({ protocol: "anthropic" })] });
  publisher.startDiscovery();
  await vi.waitFor(() => expect(modelsOf(publisher)).toContain("model-a"));
  publisher.stop();
  expect(requests[0]?.headers).toMatchObject({
    "x-api-key": "sk-house-secret",
    "anthropic-version": "2023-06-01",
  });
  expect(requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
  [{ status: 401, body: "{}" }, /answered 401: its key is not accepted/],
  [{ status: 200, body: "<html>" }, /\/models: /],
  [{ status: 200, body: '{"models":[]}' }, /answered no list of models/],
  [{ status: 302, body: "", location: "http://elsewhere.example/" }, /redirect/],
])("a failure is noted and stops nothing: %o", async (given, problem) => {
  answer = given;
  const { publisher } = makePublisher();
  publisher.startDiscovery();
  await vi.waitFor(() => expect(publisher.problemOf("house")).toMatch(problem));
  publisher.stop();
  expect(modelsOf(publisher)).toEqual(["configured"]);
});

test("what lies on disk has no secret, and a new start begins with its keys and models", async () => {
  const { publisher } = makePublisher();
  expect(publisher.restored).toBe(false);
  publisher.startDiscovery();
  await vi.waitFor(() => expect(modelsOf(publisher)).toContain("model-a"));
  await publisher.refresh();
  publisher.stop();
  const path = join(folder, "snapshot.json");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).not.toMatch(/sk-house-secret|header-secret/);
  const { publisher: next } = makePublisher({
    readKeys: () => Promise.reject(new Error("Postgres is away")),
  });
  expect(next.restored).toBe(true);
  expect(next.current().version).toBe(publisher.current().version);
  expect(next.current().keys.map(({ id }) => id)).toEqual(["key_1"]);
  expect(modelsOf(next)).toContain("model-a");
  expect(next.current().providers[0]?.apiKey).toBe("sk-house-secret");
});

test("the version rises with a change and only with one; changes keep their order", async () => {
  let keys = [key("key_1")];
  const first = Promise.withResolvers<void>();
  let reads = 0;
  const { publisher, published } = makePublisher({
    readKeys: async () => {
      const read = keys;
      reads += 1;
      if (reads === 1) await first.promise;
      return read;
    },
  });
  const slow = publisher.refresh();
  await vi.waitFor(() => expect(reads).toBe(1));
  keys = [key("key_1"), key("key_2")];
  const quick = publisher.refresh();
  first.resolve();
  await Promise.all([slow, quick]);
  expect(published.map(({ version, keys: seen }) => [version, seen.length])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await publisher.refresh();
  expect(publisher.current().version).toBe(2);
});
