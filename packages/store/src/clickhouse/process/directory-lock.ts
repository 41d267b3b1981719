import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Relative on purpose: a socket's path may have 107 bytes, a directory's more. */
const socketName = "engine.sock";
const orphanWaitMaxMs = 15_000;

/**
 * Makes sure that this is the only engine on the working directory. Two would destroy each other's data, and the
 * engine itself does not look. Whoever listens on the socket holds the directory, and the operating system takes
 * the socket away with the process. An engine whose parent was killed ends by itself soon; one that hangs is killed.
 */
export async function lockWorkingDirectory(): Promise<Server> {
  const startedMs = Date.now();
  for (;;) {
    const holder = await askHolder();
    if (holder === null) return listen();
    if (Date.now() - startedMs > orphanWaitMaxMs) process.kill(holder, "SIGKILL");
    await sleep(100);
  }
}

/** The process id of the engine that holds the directory; null when none does. */
function askHolder(): Promise<number | null> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(socketName);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (said += chunk));
    socket.on("end", () => resolve(Number.parseInt(said, 10) || null));
    // Nobody listens (a file left by a killed process), or there is no file.
    socket.on("error", () => resolve(null));
  });
}

async function listen(): Promise<Server> {
  await rm(socketName, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(String(process.pid));
  });
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject);
  server.listen(socketName, () => resolve(server));
  return promise;
}
