import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeError, encodeResponse, OtlpError, type OtlpResponse } from "@weir/otlp";
import type { SnapshotKey } from "@weir/schema";
import { sendRefusal } from "../answer/send-error.ts";
import { GatewayError, gatewayErrors } from "../errors.ts";
import { internalFault } from "../fault.ts";
import type { Gate } from "../gate.ts";
import { readBody } from "../request/read-body.ts";
import { authenticate } from "../snapshot/authenticate.ts";

interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
}

const contentTypeOf = (req: IncomingMessage): string => req.headers["content-type"] ?? "";

/** Errors are a `google.rpc.Status` in the exporter's encoding, as OTLP asks for. */
function refuse(gate: Gate, { req, res }: Exchange, cause: unknown): void {
  const known = cause instanceof GatewayError || cause instanceof OtlpError;
  const { status, message } = known ? cause : internalFault(gate, cause);
  if (cause instanceof GatewayError && cause.blame === "auth") gate.counters.add("errorsAuth", 1);
  const { contentType, body } = encodeError({ contentType: contentTypeOf(req), status, message });
  const headers = status === 503 ? ["retry-after", "5"] : [];
  sendRefusal(req, res, { status, contentType, body, headers });
}

/** Spans are acknowledged when they are written; what was not taken is said, with reasons. */
function take(gate: Gate, { req, res }: Exchange, batch: { key: SnapshotKey; body: Buffer }): void {
  const { ports, counters } = gate;
  const contentType = contentTypeOf(req);
  const sent = { projectId: batch.key.projectId, body: batch.body };
  // It is read again all the same: the answer has to be the one that went astray.
  const repeated = gate.takenExports.has(sent);
  const { rows, rejected, message } = gate.otlp.ingest({
    contentType,
    body: batch.body,
    projectId: batch.key.projectId,
    keyId: batch.key.id,
    nowMs: ports.clock.dateMs(ports.clock.nowMs()),
  });
  counters.add("receivedBytes", batch.body.length);
  if (!repeated) {
    counters.add("spansRejected", rejected);
    if (rows.length > 0 && !ports.recorder.append(rows)) {
      counters.add("recordsUnwritten", rows.length);
      throw gatewayErrors.recordsUnwritten();
    }
    counters.add("spansIngested", rows.length);
    gate.takenExports.remember(sent);
  }
  acknowledge(res, encodeResponse({ contentType, rejected, message }));
}

function acknowledge(res: ServerResponse, answer: OtlpResponse): void {
  if (res.destroyed) return;
  res.writeHead(200, ["content-type", answer.contentType, "content-length", String(answer.body.length)]);
  res.end(answer.body);
}

/** `POST /v1/traces`: OTLP over HTTP, protobuf or JSON, packed or not. */
export function serveTraces(gate: Gate, exchange: Exchange): void {
  const { req } = exchange;
  try {
    const key = authenticate(gate.snapshot(), req.headers);
    readBody(req, gate.ports.limits.requestBodyMaxBytes, (error, body) => {
      try {
        if (error !== null) throw error;
        take(gate, exchange, { key, body });
      } catch (cause) {
        refuse(gate, exchange, cause);
      }
    });
  } catch (cause) {
    refuse(gate, exchange, cause);
  }
}
