import type { IncomingMessage, ServerResponse } from "node:http";
import { gatewayErrors } from "../errors.ts";
import type { Gate } from "../gate.ts";
import { authenticate } from "../snapshot/authenticate.ts";

export function serveTraces(gate: Gate, { req }: { req: IncomingMessage; res: ServerResponse }): void {
  authenticate(gate.snapshot(), req.headers);
  throw gatewayErrors.routeUnknown("POST /v1/traces");
}
