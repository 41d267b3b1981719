import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the upstream got it. */
interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
  /** Resolves when the connection of this request is gone before its answer was whole. */
  aborted: Promise<void>;
}

export type Behaviour = (seen: SeenRequest, res: ServerResponse) => void | Promise<void>;

export interface FakeUpstream {
  readonly origin: string;
  readonly seen: SeenRequest[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A real HTTP server that answers as it is told. */
export async function startFakeUpstream(): Promise<FakeUpstream> {
  const seen: SeenRequest[] = [];
  let behaviour: Behaviour = (_, res) => void res.end("{}");
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    res.on("close", () => {
      if (!res.writableFinished) resolve();
    });
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const request: SeenRequest = {
        method: req.method ?? "",
        url: req.url ?? "",
        headers: req.headers,
        body: Buffer.concat(chunks),
        aborted: promise,
      };
      seen.push(request);
      void behaviour(request, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    behave(next) {
      behaviour = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const answerJson = (body: unknown, status = 200): Behaviour => {
  const text = JSON.stringify(body);
  return (_, res) => {
    res.writeHead(status, { "content-type": "application/json", "x-request-id": "req_upstream" });
    res.end(text);
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends a stream in the given pieces, each in a chunk of its own. */
export const answerStream = (
  pieces: readonly (string | Buffer)[],
  ending: "clean" | "cut" = "clean",
): Behaviour => {
  return async (_, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      res.write(piece);
      await turn();
    }
    if (ending === "clean") res.end();
    else res.socket?.destroy();
  };
};

export const openAiAnswer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-mini-2024-07-18",
  system_fingerprint: "fp_1",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello there" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-2", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini", ...fields })}\n\n`;
const delta = (content: string): string =>
  chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null });

export const openAiStream = {
  first: chunk({
    choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    usage: null,
  }),
  hello: delta("Hello"),
  there: delta(" thére"),
  stop: chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null }),
  usage: chunk({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } }),
  done: "data: [DONE]\n\n",
};
export const openAiStreamPieces = Object.values(openAiStream);

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

export const anthropicAnswer = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "Hello there" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 4 },
};

export const anthropicStreamPieces = [
  event("message_start", {
    message: {
      ...anthropicAnswer,
      content: [],
      stop_reason: null,
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  }),
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  event("ping", {}),
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello" } }),
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: " thére" } }),
  event("content_block_stop", { index: 0 }),
  event("message_delta", {
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 4 },
  }),
  event("message_stop", {}),
];
