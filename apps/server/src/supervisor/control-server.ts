import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";

const keepAliveMs = 60_000;
/** For the headers that a gateway thread adds to those of the client, which it has held to its limit. */
const addedHeadersMaxBytes = 4 * 1024;

/** The control server on its unix socket; gateway threads pass requests on to it. */
export interface ControlServer {
  close(): Promise<void>;
}

/** Serves `app` on the socket; a socket file that a killed server left is replaced. */
export async function startControlServer(options: {
  app: Hono;
  socketPath: string;
  /** Of a client's request; the gateway's limit. */
  headerMaxBytes: number;
}): Promise<ControlServer> {
  const listener = getRequestListener(options.app.fetch);
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      requestTimeout: 60_000,
      maxHeaderSize: options.headerMaxBytes + addedHeadersMaxBytes,
    },
    (request, response) => {
      void listener(request, response);
    },
  );
  rmSync(options.socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.socketPath, resolve);
  });
  chmodSync(options.socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Streams of a live view would hold it open for ever.
        server.closeAllConnections();
      }),
  };
}
