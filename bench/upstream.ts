import { createServer } from "node:http";
import { answer, streamChunks } from "./answers.ts";

/**
 * A model provider that answers at once, so that what is measured is the way to it. Started as a process of its
 * own: `node bench/upstream.ts <port>`. A streamed answer sends one chunk every `x-bench-gap-ms` milliseconds.
 */
const port = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  response.socket?.setNoDelay(true);
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
      response.end(answer);
      return;
    }
    const gapMs = Number(/"user":"gap-(\d+)"/.exec(body.toString("latin1"))?.[1] ?? 0);
    response.writeHead(200, { "content-type": "text/event-stream" });
    sendPaced({
      chunks: streamChunks,
      gapMs,
      write: (chunk) => response.write(chunk),
      end: () => response.end(),
    });
  });
});

function sendPaced(options: {
  chunks: readonly Buffer[];
  gapMs: number;
  write: (chunk: Buffer) => void;
  end: () => void;
}): void {
  const { chunks, gapMs, write, end } = options;
  let index = 0;
  const next = () => {
    const chunk = chunks[index];
    if (chunk === undefined) return end();
    index += 1;
    write(chunk);
    if (gapMs === 0) setImmediate(next);
    else setTimeout(next, gapMs);
  };
  next();
}

server.keepAliveTimeout = 60_000;
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.stdout.write(`listening ${address.port}\n`);
});
