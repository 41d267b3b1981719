const spaces: ReadonlySet<string | undefined> = new Set([" ", "\n", "\r", "\t"]);
const marks: ReadonlySet<string | undefined> = new Set(["{", "}", "[", "]", ",", ":"]);

/** Where the string ends whose opening quote stands at `from`. */
function stringEnd(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === "\\") before -= 1;
    // Backslashes in pairs stand for themselves; one that is left over belongs to the quote.
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return text.length;
}

function tokenEnd(text: string, from: number): number {
  if (text[from] === '"') return stringEnd(text, from);
  let end = from + 1;
  if (marks.has(text[from])) return end;
  while (end < text.length && !marks.has(text[end]) && !spaces.has(text[end])) end += 1;
  return end;
}

/** The tokens of a valid JSON text, each as it stands there, without the white space between them. */
function* jsonTokens(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    if (spaces.has(text[at])) {
      at += 1;
      continue;
    }
    const end = tokenEnd(text, at);
    yield text.slice(at, end);
    at = end;
  }
}

/** Times by which indenting may lengthen a text: only one that is nested for nesting's sake grows by more. */
const growthMax = 10;
const growthFreeCharacters = 100_000;

/**
 * A valid JSON text with one value per line, as `JSON.stringify(value, null, 2)` lays it out. Every name, text and
 * number stays as it stands, which parsing and printing would not leave it: `1.0`, long ids, a name that comes twice.
 */
export function indentJson(text: string): string {
  const charactersMax = text.length * growthMax + growthFreeCharacters;
  let indented = "";
  let depth = 0;
  let before = "";
  for (const token of jsonTokens(text)) {
    const opened = before === "{" || before === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    if (opened !== closes || before === ",") indented += `\n${"  ".repeat(depth)}`;
    indented += token === ":" ? ": " : token;
    if (indented.length > charactersMax) return text;
    if (token === "{" || token === "[") depth += 1;
    before = token;
  }
  return indented;
}

/** Whether JavaScript would print this number of a JSON text in other signs, or as another number. */
export function isPrintedOtherwise(token: string): boolean {
  return String(Number(token)) !== token;
}

/** Whether a valid JSON text has a number that would not come back from parsing and printing as it stands. */
export function hasNumberPrintedOtherwise(text: string): boolean {
  const quoteOrNumber = /"|-?\d[\d.eE+-]*/g;
  for (let found = quoteOrNumber.exec(text); found !== null; found = quoteOrNumber.exec(text)) {
    const [token] = found;
    if (token === '"') quoteOrNumber.lastIndex = stringEnd(text, found.index);
    else if (isPrintedOtherwise(token)) return true;
  }
  return false;
}
