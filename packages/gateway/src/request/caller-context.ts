import { isUtf8 } from "node:buffer";
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

/** Node hands headers over as Latin-1. Most clients write UTF-8; `fetch` can write Latin-1 only. */
function headerText(value: string | string[] | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : value.join(",");
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is what is meant
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

const dropped = (parameter: string, detail: string): ReceiptItem => ({
  action: "dropped",
  parameter,
  detail,
});

/** Holds a text of the record to its limit; the call itself goes on with the whole. */
function cut(
  text: string,
  {
    parameter,
    max = shortTextMaxCharacters,
    receipt,
  }: { parameter: string; max?: number; receipt: ReceiptItem[] },
): string {
  if (text.length <= max) return text;
  receipt.push({ action: "rewritten", parameter, detail: `Its first ${max} characters were recorded.` });
  return text.slice(0, max);
}

function shortText(headers: IncomingHttpHeaders, parameter: string, receipt: ReceiptItem[]): string {
  return cut(headerText(headers[parameter]).trim(), { parameter, receipt });
}

function readTags(headers: IncomingHttpHeaders, limits: Limits, receipt: ReceiptItem[]): string[] {
  const text = headerText(headers["x-weir-tags"]);
  if (text === "") return [];
  const tags = [
    ...new Set(text.split(",").map((tag) => cut(tag.trim(), { parameter: "x-weir-tags", receipt }))),
  ];
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

/** A wish for strictness that was not understood would else pass for one that was kept. */
function checkStrict(headers: IncomingHttpHeaders, receipt: ReceiptItem[]): void {
  const text = headerText(headers["x-weir-strict"]).trim().toLowerCase();
  if (["", "true", "false"].includes(text)) return;
  receipt.push(dropped("x-weir-strict", "It is neither true nor false."));
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
    const parameter = `metadata.${name.slice(0, 64)}`;
    const max = limits.metadataValueMaxCharacters;
    kept.set(cut(name, { parameter, receipt }), cut(value, { parameter, max, receipt }));
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
  checkStrict(headers, receipt);
  const pairs = [...Object.entries(fromBody.metadata), ...readMetadata(headers, receipt)];
  return {
    userId:
      shortText(headers, "x-weir-user", receipt) || cut(fromBody.userId, { parameter: "user", receipt }),
    sessionId:
      shortText(headers, "x-weir-session", receipt) ||
      cut(fromBody.sessionId, { parameter: "session", receipt }),
    environment: shortText(headers, "x-weir-environment", receipt),
    release: shortText(headers, "x-weir-release", receipt),
    tags: readTags(headers, limits, receipt),
    metadata: pairs.length === 0 ? {} : boundMetadata(pairs, limits, receipt),
    receipt,
  };
}
