import type { z } from "zod";
import { invalidInput } from "../errors.ts";

/** Packs where a list stopped into an opaque text. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Reads `encodeCursor`'s text back; throws `invalid_cursor` for anything else. */
export function decodeCursor<Position>(text: string, schema: z.ZodType<Position>): Position {
  const mend = "Use nextCursor of the previous page as it is, or leave the cursor out to start again.";
  try {
    const bytes = Buffer.from(text, "base64url");
    // The decoder passes over whatever is not of its alphabet.
    if (bytes.toString("base64url") !== text) throw new SyntaxError("not base64url");
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw invalidInput({
      where: "cursor",
      errors: [{ path: "cursor", message: "is no cursor of this list" }],
      mend,
      cause,
    });
  }
}
