import type { IncomingHttpHeaders } from "node:http";
import type { GatewayError } from "../errors.ts";

/** Takes a provider's answer as it comes, whoever gives it: `head` first, `end` or `fail` last and once. */
export interface UpstreamSink {
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: GatewayError): void;
}
