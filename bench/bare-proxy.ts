import { createServer } from "node:http";
import { Pool } from "undici";

/**
 * The least that a proxy in Node can do: node:http in front, an undici pool behind, nothing read, nothing kept.
 * `node bench/bare-proxy.ts <port> <upstream origin>`
 */
const port = Number(process.argv[2] ?? 0);
const pool = new Pool(process.argv[3] ?? "", { connections: 256, pipelining: 1 });

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    pool
      .request({
        path: request.url ?? "/",
        method: "POST",
        headers: { "content-type": "application/json", "content-length": String(body.length) },
        body,
      })
      .then(({ statusCode, headers, body: upstream }) => {
        const type = headers["content-type"];
        const length = headers["content-length"];
        response.writeHead(statusCode, {
          ...(typeof type === "string" ? { "content-type": type } : {}),
          ...(typeof length === "string" ? { "content-length": length } : {}),
        });
        upstream.pipe(response);
      })
      .catch((error: unknown) => {
        response.writeHead(502);
        response.end(String(error));
      });
  });
});

server.keepAliveTimeout = 60_000;
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.stdout.write(`listening ${address.port}\n`);
});
