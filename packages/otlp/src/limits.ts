import { defaultLimits } from "@weir/schema";

/** Limits of what one export and one span may bring. What is cut is said in the answer to the exporter. */
export const defaultOtlpLimits = {
  /** Spans of one request; the rest is rejected. */
  requestSpansMax: 100_000,
  /** Events and links of all spans of one request. An empty one is two bytes there, and some hundred in memory. */
  requestEventsMax: 200_000,
  /**
   * Texts of all rows of one request; the rest is rejected. Rows can be far larger than what was sent, as each has a
   * copy of its resource's attributes. They are written as one string, in which a character may take six, and the
   * longest that V8 has is 512 Mi.
   */
  requestRowsMaxCharacters: 80 * 1024 * 1024,
  /** Attributes of a span that have no column of their own, and likewise its tags and its metadata. */
  attributesMax: 256,
  attributeValueMaxCharacters: 32 * 1024,
  /** The JSON of a span's input, and of its output. */
  messagesMaxCharacters: 2 * 1024 * 1024,
  /** A model call's request, and its response, as the instrumentation copied them. */
  rawMaxCharacters: defaultLimits.rawResponseMaxBytes,
  eventsMax: 128,
  linksMax: 128,
  nameMaxCharacters: 512,
  inlineMediaMaxBytes: defaultLimits.inlineMediaMaxBytes,
} as const;

export type OtlpLimits = { readonly [name in keyof typeof defaultOtlpLimits]: number };
