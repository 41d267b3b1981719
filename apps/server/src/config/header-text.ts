import { hopByHopHeaders } from "@weir/gateway";
import { z } from "zod";

/** Anything else makes Node refuse the whole call, and its words for that quote the header, which may be a key. */
export const headerTextSchema = z
  .string()
  .trim()
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "text of one line that an HTTP header can carry");

/** These describe the connection and the body on their way, which only the sender knows. */
const ofTheConnection = new Set([...hopByHopHeaders, "content-encoding", "content-length", "expect"]);

/** What is wrong with a header's name, as words that go on after "must be"; null when it can be sent. */
export function headerNameProblem(name: string): string | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "named with letters, digits and hyphens";
  return ofTheConnection.has(name.toLowerCase())
    ? "left out, because such a header belongs to the connection"
    : null;
}
