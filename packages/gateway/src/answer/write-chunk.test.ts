import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { writeChunk } from "./write-chunk.ts";

const pieces = [5, 0, 1, 15, 16, 17, 255, 256, 4095, 4096, 16_384, 16_385, 200_000, 3].map((length) =>
  randomBytes(length),
);
const whole = Buffer.concat(pieces);

/** What the tests started, to be stopped after each. */
const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const stop of cleanUp.splice(0)) stop();
});

async function serve(answer: (res: ServerResponse) => void): Promise<number> {
  const server = createServer((_, res) => answer(res));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The head and the first bytes by `write`, the rest by `writeChunk`, each when the one before is on its way. */
function sendPieces(res: ServerResponse): void {
  res.writeHead(200, { "content-type": "text/event-stream" });
  const [first, ...others] = pieces;
  res.write(first);
  const next = () => {
    const piece = others.shift();
    if (piece === undefined) res.end();
    else {
      writeChunk(res, piece);
      setImmediate(next);
    }
  };
  next();
}

/** Everything that a connection answers to some text, until it is closed. */
async function exchange(port: number, text: string): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  cleanUp.push(() => socket.destroy());
  socket.write(text);
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  await once(socket, "end");
  return Buffer.concat(parts);
}

test("pieces of every size arrive whole and in order", async () => {
  const port = await serve(sendPieces);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true);
});

test("a connection serves the next request after it", async () => {
  const port = await serve(sendPieces);
  for (let index = 0; index < 3; index += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true);
  }
});

test("an answer that waits for the one before it on its connection goes out after it", async () => {
  const port = await serve(sendPieces);
  const one = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  const last = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  const answers = await exchange(port, one + one + last);
  // Three heads and three ends, and between them the same bytes.
  const bodies = answers.toString("latin1").split("HTTP/1.1 200 OK").slice(1);
  const chunks = bodies.map((body) => body.slice(body.indexOf("\r\n\r\n") + 4));
  expect(chunks).toHaveLength(3);
  for (const framed of chunks) expect(unframed(framed).equals(whole)).toBe(true);
});

test("a small piece is one write of the connection, at once", async () => {
  const served = Promise.withResolvers<ServerResponse>();
  const port = await serve(served.resolve);
  const response = fetch(`http://127.0.0.1:${port}/`);
  const res = await served.promise;
  res.write("first");
  await response;
  const { socket } = res;
  if (socket === null) throw new Error("The answer has no connection");
  const writes = vi.spyOn(socket, "write");
  writeChunk(res, Buffer.from("seventeen letters"));
  expect(writes.mock.calls.map(([bytes]) => String(bytes))).toEqual(["11\r\nseventeen letters\r\n"]);
});

test("a client of HTTP/1.0 gets the bytes without frames", async () => {
  const port = await serve(sendPieces);
  const answer = await exchange(port, "GET / HTTP/1.0\r\n\r\n");
  expect(answer.subarray(answer.indexOf("\r\n\r\n") + 4).equals(whole)).toBe(true);
});

test("a client that does not read is waited for, and loses nothing", async () => {
  const piece = Buffer.alloc(10_000, "x");
  let sent = 0;
  let refused = false;
  let drained = false;
  const port = await serve((res) => {
    res.writeHead(200);
    res.write(piece);
    sent += 1;
    // The kernel takes megabytes before it refuses.
    const fill = () => {
      sent += 1;
      if (writeChunk(res, piece)) {
        setImmediate(fill);
        return;
      }
      refused = true;
      res.once("drain", () => {
        drained = true;
        res.end();
      });
    };
    fill();
  });
  const outgoing = request({ port, host: "127.0.0.1" });
  outgoing.end();
  const [incoming] = await once(outgoing, "response");
  let got = 0;
  await expect.poll(() => refused, { timeout: 4_000 }).toBe(true);
  expect(drained).toBe(false);
  incoming.on("data", (part: Buffer) => {
    got += part.length;
  });
  await once(incoming, "end");
  expect(drained).toBe(true);
  expect(got).toBe(sent * piece.length);
});

/** The body of an answer in chunks. */
function unframed(text: string): Buffer {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (length === 0) return Buffer.from(parts.join(""), "latin1");
    parts.push(text.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
}
