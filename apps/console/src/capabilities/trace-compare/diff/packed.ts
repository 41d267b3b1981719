import { parseWritten } from "../../trace-view/json/json-value.ts";

/** A value on its way to another thread, as JSON. */
export type Packed<Value> = string & { readonly packed?: Value };

/** Packs a value for another thread: the structured clone would lose how its numbers were written. */
export function pack<Value>(value: Value): Packed<Value> {
  return JSON.stringify(value);
}

/** The value that the other thread packed. */
export function unpack<Value>(packed: Packed<Value>): Value {
  // This code's own words to itself: there is nothing of others' to check.
  return parseWritten(packed) as Value;
}
