import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { anthropicAnswer, anthropicEvents } from "./upstream-anthropic.ts";
import { openAiAnswer, openAiEvents } from "./upstream-openai.ts";

/**
 * A model provider for tests: a real HTTP server that speaks OpenAI's and Anthropic's protocols. What it answers
 * follows from the last user message: `hello`, `weather` (two parallel tool calls), `json`, `think`, `picture`,
 * `fail 429`, `break` (the connection dies in the middle), `slow` (never ends by itself).
 */
export interface Upstream {
  origin: string;
  requests: UpstreamRequest[];
  /** How many answers the other side went away from before they ended. */
  abandoned(): number;
  close(): Promise<void>;
}

export interface UpstreamRequest {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  raw: string;
}

export type Scene = "hello" | "weather" | "json" | "think" | "picture" | "fail" | "break" | "slow" | "thanks";

function sceneOf(raw: string): Scene {
  if (/"(?:role":"tool|type":"tool_result)"/.test(raw.replaceAll(" ", ""))) return "thanks";
  for (const scene of ["weather", "json", "think", "picture", "fail", "break", "slow"] as const) {
    if (raw.includes(scene)) return scene;
  }
  return "hello";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

async function sendStream(response: ServerResponse, scene: Scene, events: string[]): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_test" });
  const send = scene === "break" || scene === "slow" ? events.slice(0, 4) : events;
  for (const event of send) {
    response.write(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (scene === "break") {
    broken.add(response);
    response.destroy();
  } else if (scene !== "slow") {
    response.end();
  }
}

/** Answers that the upstream broke itself: those nobody abandoned. */
const broken = new WeakSet<ServerResponse>();

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "req_test" });
  response.end(JSON.stringify(body));
}

function errorBody(path: string): unknown {
  const message = "You are sending requests too quickly.";
  return path.endsWith("/messages")
    ? { type: "error", error: { type: "rate_limit_error", message }, request_id: "req_test" }
    : { error: { message, type: "rate_limit_error", param: null, code: "rate_limit_exceeded" } };
}

async function answer(upstream: UpstreamRequest, response: ServerResponse): Promise<void> {
  const { body, raw } = upstream;
  // Some clients add a query, such as Anthropic's beta ones.
  const path = upstream.path.split("?")[0] ?? "";
  const scene = sceneOf(raw);
  if (path.endsWith("/embeddings")) {
    sendJson(response, 200, {
      object: "list",
      model: "text-embedding-3-small",
      data: [{ object: "embedding", index: 0, embedding: [0.25, -0.5, 0.75] }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
  } else if (path.endsWith("/count_tokens")) {
    sendJson(response, 200, { input_tokens: 14 });
  } else if (path.endsWith("/models")) {
    sendJson(response, 200, { object: "list", data: [], has_more: false });
  } else if (scene === "fail") {
    sendJson(response, 429, errorBody(path));
  } else if (path.endsWith("/messages")) {
    if (body["stream"] === true) await sendStream(response, scene, anthropicEvents(scene, body));
    else sendJson(response, 200, anthropicAnswer(scene, body));
  } else if (body["stream"] === true) {
    await sendStream(response, scene, openAiEvents(scene, body));
  } else {
    sendJson(response, 200, openAiAnswer(scene, body));
  }
}

export async function startUpstream(): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  let abandoned = 0;
  const server: Server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableEnded && !broken.has(response)) abandoned += 1;
    });
    void (async () => {
      const raw = await readBody(request);
      const parsed: unknown = raw === "" ? {} : JSON.parse(raw);
      const received = {
        path: request.url ?? "",
        headers: request.headers,
        body: isRecord(parsed) ? parsed : {},
        raw,
      };
      requests.push(received);
      await answer(received, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    abandoned: () => abandoned,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The environment that points Weir's two providers at the upstream. */
export function providersAt(upstream: Upstream): Record<string, string> {
  return {
    OPENAI_API_KEY: "sk-upstream-openai",
    OPENAI_BASE_URL: `${upstream.origin}/v1`,
    ANTHROPIC_API_KEY: "sk-upstream-anthropic",
    ANTHROPIC_BASE_URL: upstream.origin,
  };
}
