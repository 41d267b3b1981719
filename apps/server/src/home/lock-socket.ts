import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";

/** Answers on the socket that says, to other containers as well, that the home is held. The system ends it with the process. */
export async function listenOnLock(path: string): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end();
  });
  server.unref();
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject);
  server.listen(path, () => resolve(server));
  return promise;
}

/** True when a process answers on the socket; a file that a killed one left refuses. */
export function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(path, () => {
    socket.destroy();
    resolve(true);
  });
  socket.on("error", (error) => {
    const code = "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ECONNREFUSED") resolve(false);
    // So many ask at once that they have to queue, which only a living process lets them.
    else if (code === "EAGAIN") resolve(true);
    else reject(error);
  });
  return promise;
}
