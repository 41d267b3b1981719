import { defaultLimits } from "@weir/schema";

/** Limits of what one export and one span may bring. What is cut is said in the answer to the exporter. */
export const defaultOtlpLimits = {
  /** Spans of one request; the rest is rejected. */
  requestSpansMax: 100_000,
  /** Attributes of a span that have no column of their own. */
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
