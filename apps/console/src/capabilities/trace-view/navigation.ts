import { formatFilter } from "@weir/schema";

/** The tabs of the span panel, as the URL names them. */
export const spanTabs = ["messages", "cost", "metadata", "raw", "events"] as const;
export type SpanTab = (typeof spanTabs)[number];

/** What the raw tab shows. */
const rawParts = ["request", "response", "upstream", "receipt", "span"] as const;
export type RawPart = (typeof rawParts)[number];

/** Where a control of the trace view leads. The page that holds it turns this into a URL. */
export type TraceNavigation =
  /** Another span or tab of this trace. `tab` keeps its value when it is absent. */
  | { type: "view"; spanId?: string; tab?: string }
  /** The trace list, filtered by one term of the filter grammar. */
  | { type: "filter"; filter: string }
  /** Another trace. */
  | { type: "trace"; traceId: string; spanId: string };

export interface OpenTab {
  tab: SpanTab;
  rawPart: RawPart | null;
}

/** Reads the URL's tab, `messages` or `raw.response`; what it does not know becomes the default. */
export function readTab(text: string | undefined): OpenTab {
  const [name = "", part = ""] = (text ?? "").split(".");
  const tab = spanTabs.find((each) => each === name) ?? "messages";
  return { tab, rawPart: tab === "raw" ? (rawParts.find((each) => each === part) ?? null) : null };
}

/** Writes what `readTab` reads. */
export function writeTab(tab: SpanTab, rawPart?: RawPart): string {
  return rawPart === undefined ? tab : `${tab}.${rawPart}`;
}

/** One term of the filter grammar that asks a field for exactly this value. */
export function filterTerm(field: string, value: string): string {
  return formatFilter([
    { type: "field", field, operator: "is", negated: false, values: [{ text: value, prefix: false }] },
  ]);
}
