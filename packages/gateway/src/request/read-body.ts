import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { gatewayErrors, type GatewayError } from "../errors.ts";

type Decoder = (
  bytes: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void;

const decoders = new Map<string, Decoder>([
  ["gzip", gunzip],
  ["x-gzip", gunzip],
  ["br", brotliDecompress],
  ["zstd", zstdDecompress],
  [
    // Some clients send zlib's format under this name, some the bare stream; a first byte of 0x?8 is zlib's.
    "deflate",
    (bytes, options, done) =>
      ((bytes[0] ?? 0) & 0x0f) === 8 ? inflate(bytes, options, done) : inflateRaw(bytes, options, done),
  ],
]);

/** Decides how a body ended: whole, or with what the caller is to be told. */
export type BodyDone = (error: GatewayError | null, body: Buffer) => void;

const nothing = Buffer.alloc(0);

/** Bodies still on their way, by connection, so that Node's check for slow clients finds whom to tell. */
const pendingBodies = new WeakMap<Socket, (error: GatewayError) => void>();

/** Ends the body that is being read from a connection with an error; false when there is none. */
export function failPendingBody(socket: Socket, error: GatewayError): boolean {
  const fail = pendingBodies.get(socket);
  fail?.(error);
  return fail !== undefined;
}

function decode(options: { encoding: string; bytes: Buffer; maxBytes: number }, done: BodyDone): void {
  const decoder = decoders.get(options.encoding);
  if (decoder === undefined) {
    done(gatewayErrors.bodyEncodingUnknown(options.encoding), nothing);
    return;
  }
  decoder(options.bytes, { maxOutputLength: options.maxBytes }, (cause, decoded) => {
    if (cause === null) done(null, decoded);
    else if ("code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      done(gatewayErrors.bodyTooLarge(options.maxBytes), nothing);
    } else done(gatewayErrors.bodyNotDecodable({ encoding: options.encoding, cause }), nothing);
  });
}

/**
 * Reads a request's body whole, decompressed, within a limit that holds before and after decompression.
 * `done` is called once; after an error the rest of the body is discarded as it comes. It is not called when the
 * client goes: that is for the answer's `close` to notice.
 */
export function readBody(req: IncomingMessage, maxBytes: number, done: BodyDone): void {
  const encoding = (req.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > maxBytes) {
    done(gatewayErrors.bodyTooLarge(maxBytes), nothing);
    return;
  }
  let chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (error: GatewayError | null, body: Buffer): void => {
    if (settled) return;
    settled = true;
    pendingBodies.delete(req.socket);
    chunks = [];
    done(error, body);
  };
  pendingBodies.set(req.socket, (error) => settle(error, nothing));
  req.on("data", (chunk: Buffer) => {
    if (settled) return;
    size += chunk.length;
    if (size > maxBytes) settle(gatewayErrors.bodyTooLarge(maxBytes), nothing);
    else chunks.push(chunk);
  });
  req.on("end", () => {
    if (settled) return;
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
    if (encoding === "identity" || encoding === "" || size === 0) settle(null, bytes);
    else decode({ encoding, bytes, maxBytes }, settle);
  });
}
