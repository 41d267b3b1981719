import { isModelCall, type SpanKind } from "@weir/schema";
import { asText, isObject, parseValue } from "../attribute-bag.ts";
import type { AttributeBag } from "../attribute-bag.ts";
import type { SpanDraft } from "../draft.ts";
import type { AttributeValue, OtlpSpan } from "../span.ts";

/**
 * One way in which instrumentations describe model calls. A dialect takes from the bag what it understands and
 * sets what no earlier dialect has set.
 */
export interface Dialect {
  name: string;
  /** Whether an attribute with this name speaks this dialect. */
  speaks(attributeName: string): boolean;
  read(bag: AttributeBag, draft: SpanDraft, span: OtlpSpan): void;
}

/** Whether a span is itself one request to a model, which is answered or only counted, and carries tokens of its own. */
export function isModelRequest(kind: SpanKind | null): boolean {
  return kind !== null && (isModelCall(kind) || kind === "token_count");
}

/** Adds a JSON object, or its text, to a draft's metadata. */
export function addMetadata(draft: SpanDraft, value: AttributeValue | undefined): boolean {
  const parsed = parseValue(value);
  if (!isObject(parsed)) return false;
  for (const [name, item] of Object.entries(parsed)) {
    if (item === null || item === undefined) continue;
    setMetadata(draft, { name, text: typeof item === "string" ? item : (JSON.stringify(item) ?? "") });
  }
  return true;
}

export function addMetadataEntries(draft: SpanDraft, entries: readonly [string, AttributeValue][]): void {
  for (const [name, value] of entries) if (value !== null) setMetadata(draft, { name, text: asText(value) });
}

/** What was set first stays. */
function setMetadata(draft: SpanDraft, { name, text }: { name: string; text: string }): void {
  if (!draft.metadata.has(name)) draft.metadata.set(name, text);
}
