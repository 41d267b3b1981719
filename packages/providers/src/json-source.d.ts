/** A number as its JSON text has it, which `JSON.stringify` writes out again sign by sign. */
interface RawJson {
  readonly rawJSON: string;
}

/** https://tc39.es/proposal-json-parse-with-source/, which Node has and TypeScript 7.0 does not know. */
interface JSON {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
}
