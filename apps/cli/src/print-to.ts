import type { Writable } from "node:stream";

/**
 * Prints to a stream that may go away: its terminal is closed, or the program at the other end of the pipe ends. What
 * is printed then is lost, and nothing else is. Each text is tried anew, since a full disk may have room again.
 */
export function printTo(stream: Writable): (text: string) => void {
  stream.on("error", () => undefined);
  return (text) => {
    stream.write(text);
  };
}
