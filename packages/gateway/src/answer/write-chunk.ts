import type { ServerResponse } from "node:http";

/**
 * Beyond this much a copy costs more than what it saves. It must stay below the connection's high-water mark (64 KiB):
 * a piece that filled the connection by itself would be followed by a `drain` that Node passes on to the answer only
 * after a write of the answer's own.
 */
const frameMaxBytes = 16 * 1024;

const CR = 13;
const LF = 10;
const hexDigits = Buffer.from("0123456789abcdef");

/** A chunk as HTTP/1.1 frames it (RFC 9112, section 7.1): its length in hexadecimal, itself, and line breaks. */
function frameOf(bytes: Uint8Array): Buffer {
  let digits = 1;
  while (bytes.length >>> (4 * digits) > 0) digits += 1;
  const frame = Buffer.allocUnsafe(digits + 2 + bytes.length + 2);
  for (let index = 0; index < digits; index += 1) {
    frame[index] = hexDigits[(bytes.length >>> (4 * (digits - 1 - index))) & 15] ?? 0;
  }
  frame[digits] = CR;
  frame[digits + 1] = LF;
  frame.set(bytes, digits + 2);
  frame[frame.length - 2] = CR;
  frame[frame.length - 1] = LF;
  return frame;
}

/**
 * Writes a piece of an answer whose head is on its way; false when the caller should wait for `drain`. The small
 * pieces that a stream of tokens is made of go to the connection framed, in one write: Node queues length, piece and
 * line breaks one by one and sends them a tick later.
 */
export function writeChunk(res: ServerResponse, bytes: Uint8Array): boolean {
  const { socket } = res;
  const direct =
    socket !== null &&
    res.chunkedEncoding &&
    bytes.length > 0 &&
    bytes.length <= frameMaxBytes &&
    // What waits, the head for one, goes first and is counted where it waits.
    res.writableLength === 0;
  return direct ? socket.write(frameOf(bytes)) : res.write(bytes);
}
