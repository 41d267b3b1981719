import type { ReceiptItem } from "@weir/schema";

/** Changes that are told one by one; a body can ask for millions. */
const itemsMax = 1000;

/** Collects what a translation drops, emulates or rewrites. The same thing said twice is kept once. */
export interface ReceiptBook {
  readonly items: ReceiptItem[];
  dropped(parameter: string, detail: string): void;
  emulated(parameter: string, detail: string): void;
  rewritten(parameter: string, detail: string): void;
}

export function createReceiptBook(): ReceiptBook {
  const items: ReceiptItem[] = [];
  const seen = new Set<string>();
  function add(action: ReceiptItem["action"], parameter: string, detail: string): void {
    const key = `${action} ${parameter}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (seen.size <= itemsMax) items.push({ action, parameter, detail });
    else items[itemsMax] = { action, parameter: "others", detail: `${seen.size - itemsMax} more changes.` };
  }
  return {
    items,
    dropped: (parameter, detail) => add("dropped", parameter, detail),
    emulated: (parameter, detail) => add("emulated", parameter, detail),
    rewritten: (parameter, detail) => add("rewritten", parameter, detail),
  };
}
