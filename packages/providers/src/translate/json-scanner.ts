/** Watches JSON text come in pieces and tells when an object or array in it is whole. */
export interface JsonScanner {
  push(text: string): void;
  readonly complete: boolean;
}

export function createJsonScanner(): JsonScanner {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let complete = false;
  return {
    push(text) {
      for (const character of text) {
        if (inString) {
          if (escaped) escaped = false;
          else if (character === "\\") escaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === "{" || character === "[") depth += 1;
        else if (character === "}" || character === "]") {
          depth -= 1;
          if (depth === 0) complete = true;
        }
      }
    },
    get complete() {
      return complete;
    },
  };
}
