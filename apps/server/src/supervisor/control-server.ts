import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";

const keepAliveMs = 60_000;

/** The control server on its unix socket; gateway threads pass requests on to it. */
export interface ControlServer {
  close(): Promise<void>;
}

/** Serves `app` on the socket; a socket file that a killed server left is replaced. */
export async function startControlServer(options: { app: Hono; socketPath: string }): Promise<ControlServer> {
  const listener = getRequestListener(options.app.fetch);
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, requestTimeout: 60_000 },
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
