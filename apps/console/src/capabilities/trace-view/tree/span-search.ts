import type { SpanSummary } from "@weir/schema";
import type { SpanTree } from "./span-tree.ts";

/** Finds spans in a trace; the text of each is put together once, at the first search. */
export interface SpanSearch {
  /** Indexes of the nodes that hold every word of the query; null when the query is empty. */
  find(query: string, errorsOnly: boolean): ReadonlySet<number> | null;
}

function textOf(span: SpanSummary): string {
  return [
    span.name,
    span.kind,
    span.status,
    span.modelAsked,
    span.modelAnswered,
    span.provider,
    span.serviceName,
    span.errorCode,
    span.errorMessage,
    span.spanId,
    span.inputPreview,
    span.outputPreview,
  ]
    .join("\n")
    .toLowerCase();
}

export function createSpanSearch(tree: SpanTree): SpanSearch {
  let texts: string[] | null = null;
  return {
    find(query, errorsOnly) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0 && !errorsOnly) return null;
      texts ??= tree.nodes.map((node) => textOf(node.span));
      const found = new Set<number>();
      for (const node of tree.nodes) {
        if (errorsOnly && node.span.status !== "error") continue;
        const text = texts[node.index] ?? "";
        if (words.every((word) => text.includes(word))) found.add(node.index);
      }
      return found;
    },
  };
}
