import { connect, type Socket } from "node:net";

/** A client that says exactly what it is told, byte by byte. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): string;
  send(text: string): void;
  /** Resolves when what was received satisfies the condition; rejects when the connection closes before. */
  until(condition: (received: string) => boolean): Promise<string>;
  /** Resolves with all that was received when the server has closed. */
  closed: Promise<string>;
}

export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1" });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  let text = "";
  let checks: (() => void)[] = [];
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    for (const check of checks) check();
  });
  // How a connection ends is what these tests look at; `closed` tells.
  socket.on("error", () => undefined);
  return {
    socket,
    received: () => text,
    send: (bytes) => void socket.write(bytes),
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!condition(text)) return;
          checks = checks.filter((other) => other !== check);
          resolve(text);
        };
        checks.push(check);
        void closed.then(() => reject(new Error(`closed after: ${text}`)));
        check();
      }),
    closed,
  };
}
