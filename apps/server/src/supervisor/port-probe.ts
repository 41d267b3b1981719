import { createServer } from "node:net";

/** The port that clients should use belongs to another program, or this one may not listen there. */
export class PortUnavailableError extends Error {
  readonly code = "port_unavailable";

  constructor(options: { host: string; port: number; cause: unknown }) {
    const { host, port, cause } = options;
    super(`Weir cannot listen on ${host}:${port}: ${explain({ port, cause })}`, { cause });
    this.name = "PortUnavailableError";
  }
}

/**
 * Makes sure that this machine has the address, and that nobody listens on the port. Gateway threads share it among
 * themselves, and would share it just so with another Weir of the same user, whose clients would then land on either.
 */
export function probePort(options: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (cause) => reject(new PortUnavailableError({ ...options, cause })));
    server.listen({ host: options.host, port: options.port, exclusive: true }, () =>
      server.close(() => resolve()),
    );
  });
}

function explain(options: { port: number; cause: unknown }): string {
  const code = options.cause instanceof Error && "code" in options.cause ? options.cause.code : "";
  if (code === "EADDRINUSE") {
    return `another program uses the port. Stop it, or start Weir with another one: WEIR_PORT=${options.port + 1}.`;
  }
  if (code === "EACCES")
    return "the system does not allow it. Ports below 1024 need a privilege; use a higher WEIR_PORT.";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return "this machine does not have the address. Check WEIR_HOST; 127.0.0.1 and 0.0.0.0 always work.";
  }
  return String(options.cause);
}
