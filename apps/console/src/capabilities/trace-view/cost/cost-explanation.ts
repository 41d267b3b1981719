import { tokenBuckets, type CostLine, type SpanDetail, type TokenBucket } from "@weir/schema";

/** What each bucket holds, as a reader would say it. */
const bucketWords: Readonly<Record<TokenBucket, string>> = {
  input: "Input, uncached",
  cache_read: "Input read from cache",
  cache_write_5m: "Input written to cache, 5 minutes",
  cache_write_1h: "Input written to cache, 1 hour",
  input_audio: "Input audio",
  input_image: "Input images",
  output: "Output, visible",
  reasoning: "Output, reasoning",
  output_audio: "Output audio",
  output_image: "Output images",
};

const inputBuckets: ReadonlySet<string> = new Set([
  "input",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "input_audio",
  "input_image",
]);

interface CostFlag {
  level: "warn" | "info";
  /** What is wrong or noteworthy, and what it means for the figure. */
  text: string;
}

export interface CostRow {
  bucket: TokenBucket;
  words: string;
  side: "input" | "output";
  tokens: number;
  /** Null where the price list has no price for the bucket. */
  usdPerMillion: number | null;
  usd: number | null;
}

export interface CostExplanation {
  rows: CostRow[];
  tokenSum: number;
  usdSum: number;
  flags: CostFlag[];
}

const bucketEntries = (span: SpanDetail): [TokenBucket, number][] => {
  const entries: [TokenBucket, number][] = [];
  for (const bucket of tokenBuckets) {
    const tokens = span.tokens[bucket] ?? 0;
    if (tokens > 0) entries.push([bucket, tokens]);
  }
  return entries;
};

const plain = (value: number): string => value.toLocaleString("en-US");

function usageFlags(span: SpanDetail, tokenSum: number): CostFlag[] {
  const reported = span.inputTokens + span.outputTokens;
  if (span.usageStatus === "mismatch" || (span.usageStatus === "reported" && tokenSum !== reported)) {
    return [
      {
        level: "warn",
        text:
          `The buckets add up to ${plain(tokenSum)} tokens, the provider reported ${plain(reported)}. ` +
          "The cost below follows the buckets; compare it with the raw usage before you bill by it.",
      },
    ];
  }
  if (span.usageStatus === "estimated") {
    return [
      {
        level: "warn",
        text:
          "The provider sent no usage, so Weir counted the tokens itself. The cost is an estimate. " +
          "For OpenAI streams, send stream_options.include_usage to get the provider's own count.",
      },
    ];
  }
  if (span.usageStatus === "missing" && span.status === "error" && span.httpStatus >= 400) {
    return [
      {
        level: "info",
        text: "The call was refused before it was answered, so there are no tokens to pay for.",
      },
    ];
  }
  if (span.usageStatus === "missing") {
    return [
      {
        level: "warn",
        text:
          span.status === "ok"
            ? "The provider sent no usage and nothing could be counted, so this call has no cost here. The provider may still bill it."
            : "The call ended before the provider sent its usage, so nothing is known of its tokens. The provider may still bill them.",
      },
    ];
  }
  return [];
}

function priceFlags(span: SpanDetail, rows: readonly CostRow[]): CostFlag[] {
  const proof = span.costProof;
  if (proof === null) return [];
  const model = span.modelAnswered || span.modelAsked;
  if (proof.status === "unpriced") {
    return [
      {
        level: "warn",
        text: `The price list has no price for ${model === "" ? "this model" : model}. Its tokens are counted, its cost is not in any sum.`,
      },
    ];
  }
  const unpriced = rows.filter((row) => row.usdPerMillion === null).map((row) => row.words.toLowerCase());
  if (proof.status === "partial" || unpriced.length > 0) {
    const which = unpriced.length > 0 ? unpriced.join(", ") : "some tokens";
    return [{ level: "warn", text: `No price for: ${which}. The real cost is higher than the sum shown.` }];
  }
  if (proof.status === "free") return [{ level: "info", text: "This model costs nothing per token." }];
  return [];
}

/** Everything that "Why this cost" shows: one row per bucket, the sums, and what to be careful about. */
export function explainCost(span: SpanDetail): CostExplanation {
  const lines = new Map<TokenBucket, CostLine>(
    (span.costProof?.lines ?? []).map((line) => [line.bucket, line]),
  );
  const counts = new Map(bucketEntries(span));
  for (const line of lines.values()) if (!counts.has(line.bucket)) counts.set(line.bucket, line.tokens);
  const rows = [...counts].map(([bucket, tokens]): CostRow => {
    const line = lines.get(bucket);
    return {
      bucket,
      words: bucketWords[bucket],
      side: inputBuckets.has(bucket) ? "input" : "output",
      tokens,
      usdPerMillion: line?.usdPerMillion ?? null,
      usd: line?.usd ?? null,
    };
  });
  const tokenSum = rows.reduce((sum, row) => sum + row.tokens, 0);
  const usdSum = rows.reduce((sum, row) => sum + (row.usd ?? 0), 0);
  const flags = [...usageFlags(span, tokenSum), ...priceFlags(span, rows)];
  const total = span.costProof?.totalUsd ?? null;
  if (total !== null && Math.abs(total - usdSum) > Math.max(1e-9, total * 1e-6)) {
    flags.push({
      level: "warn",
      text: `The lines add up to $${usdSum.toPrecision(6)}, the recorded cost is $${total.toPrecision(6)}. The recorded one counts.`,
    });
  }
  if (
    total !== null &&
    span.costUsd !== null &&
    Math.abs(span.costUsd - total) > Math.max(1e-9, total * 1e-6)
  ) {
    flags.push({
      level: "warn",
      text: `The proof comes to $${total.toPrecision(6)}, the span carries $${span.costUsd.toPrecision(6)}; sums use what the span carries.`,
    });
  }
  return { rows, tokenSum, usdSum, flags };
}

/** Digits after the point that write every amount exactly, so that the lines can be added up by hand; at most 10. */
export function decimalsFor(amounts: readonly (number | null)[]): number {
  const needed = amounts.map((usd) =>
    usd === null ? 0 : (usd.toFixed(10).replace(/0+$/, "").split(".")[1]?.length ?? 0),
  );
  return Math.max(2, ...needed);
}
