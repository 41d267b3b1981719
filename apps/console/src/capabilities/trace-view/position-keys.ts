export interface Positioned<Item> {
  key: string;
  at: number;
  item: Item;
}

/**
 * Gives the items of a recorded list their position as React key. A record never changes, so its items never move;
 * they have no identity of their own, and two of them may be equal.
 */
export function positioned<Item>(items: readonly Item[]): Positioned<Item>[] {
  return items.map((item, at) => ({ key: String(at), at, item }));
}
