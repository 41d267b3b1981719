import type { IncomingHttpHeaders } from "node:http";
import type { Limits, ReceiptItem } from "@weir/schema";

/** What the caller says about a call beside the call itself. */
export interface CallerContext {
  userId: string;
  sessionId: string;
  environment: string;
  release: string;
  tags: string[];
  metadata: Record<string, string>;
  receipt: ReceiptItem[];
}

const shortTextMaxCharacters = 256;

/** Node hands headers over as Latin-1; people write UTF-8. */
function headerText(value: string | string[] | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : value.join(",");
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is what is meant
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, "latin1").toString("utf8");
}

const dropped = (parameter: string, detail: string): ReceiptItem => ({
  action: "dropped",
  parameter,
  detail,
});

function shortText(headers: IncomingHttpHeaders, name: string, receipt: ReceiptItem[]): string {
  const text = headerText(headers[name]).trim();
  if (text.length <= shortTextMaxCharacters) return text;
  receipt.push({
    action: "rewritten",
    parameter: name,
    detail: `It was cut to ${shortTextMaxCharacters} characters.`,
  });
  return text.slice(0, shortTextMaxCharacters);
}

function readTags(headers: IncomingHttpHeaders, limits: Limits, receipt: ReceiptItem[]): string[] {
  const text = headerText(headers["x-weir-tags"]);
  if (text === "") return [];
  const tags = [...new Set(text.split(",").map((tag) => tag.trim().slice(0, shortTextMaxCharacters)))];
  const named = tags.filter((tag) => tag !== "");
  if (named.length <= limits.tagsMax) return named;
  receipt.push(dropped("x-weir-tags", `Only the first ${limits.tagsMax} of ${named.length} tags were kept.`));
  return named.slice(0, limits.tagsMax);
}

function fromJson(text: string): [string, string][] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
    return Object.entries(parsed).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  } catch {
    // Metadata never fails a call; the receipt says that it was not understood.
    return null;
  }
}

function fromPairs(text: string): [string, string][] | null {
  const pairs: [string, string][] = [];
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    if (equals < 1) return null;
    pairs.push([part.slice(0, equals).trim(), part.slice(equals + 1).trim()]);
  }
  return pairs;
}

function readMetadata(headers: IncomingHttpHeaders, receipt: ReceiptItem[]): [string, string][] {
  const text = headerText(headers["x-weir-metadata"]).trim();
  if (text === "") return [];
  const pairs = text.startsWith("{") ? fromJson(text) : fromPairs(text);
  if (pairs !== null) return pairs;
  receipt.push(dropped("x-weir-metadata", "It is neither a JSON object nor pairs like a=1;b=2."));
  return [];
}

/** Holds metadata to its limits, whoever sent it; what is left out is said. */
function boundMetadata(
  pairs: readonly [string, string][],
  limits: Limits,
  receipt: ReceiptItem[],
): Record<string, string> {
  const kept = new Map<string, string>();
  let count = 0;
  for (const [name, value] of pairs) {
    if (!kept.has(name)) count += 1;
    if (count > limits.metadataMax) {
      receipt.push(dropped("metadata", `Only the first ${limits.metadataMax} entries were kept.`));
      break;
    }
    if (value.length > limits.metadataValueMaxCharacters) {
      const detail = `It was cut to ${limits.metadataValueMaxCharacters} characters.`;
      receipt.push({ action: "rewritten", parameter: `metadata.${name.slice(0, 64)}`, detail });
    }
    kept.set(name.slice(0, shortTextMaxCharacters), value.slice(0, limits.metadataValueMaxCharacters));
  }
  // Unlike an assignment, this makes a property of any name.
  return Object.fromEntries(kept);
}

/**
 * Reads the `x-weir-*` headers and joins them with what the body said; a header wins over the body. What
 * cannot be read is left out with a receipt: context never fails a call.
 */
export function readCallerContext(
  headers: IncomingHttpHeaders,
  fromBody: { userId: string; sessionId: string; metadata: Record<string, string> },
  limits: Limits,
): CallerContext {
  const receipt: ReceiptItem[] = [];
  const pairs = [...Object.entries(fromBody.metadata), ...readMetadata(headers, receipt)];
  return {
    userId: shortText(headers, "x-weir-user", receipt) || fromBody.userId.slice(0, shortTextMaxCharacters),
    sessionId:
      shortText(headers, "x-weir-session", receipt) || fromBody.sessionId.slice(0, shortTextMaxCharacters),
    environment: shortText(headers, "x-weir-environment", receipt),
    release: shortText(headers, "x-weir-release", receipt),
    tags: readTags(headers, limits, receipt),
    metadata: pairs.length === 0 ? {} : boundMetadata(pairs, limits, receipt),
    receipt,
  };
}
