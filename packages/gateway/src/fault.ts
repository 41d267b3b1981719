import { gatewayErrors, type GatewayError } from "./errors.ts";
import type { GatewayPorts } from "./ports.ts";

/**
 * What is answered for a fault of ours. Its caller is told to report the trace id, so the cause has to be found by it:
 * it goes to whoever keeps the log.
 */
export function internalFault(
  { ports }: { ports: GatewayPorts },
  cause: unknown,
  traceId = "",
): GatewayError {
  ports.reportFault?.({ cause, traceId });
  return gatewayErrors.internal(cause);
}
