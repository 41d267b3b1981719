/** Texts up to this many characters are shown whole. */
const foldFromCharacters = 6000;
/** What a folded text shows. */
const foldedCharacters = 3000;
/** Beyond this, text is shown plain: laying out a document of that size would hold up the page. */
export const plainFromCharacters = 400_000;

/** The beginning of a long text, cut at a line's or a word's end; null when it is short enough to show whole. */
export function foldText(text: string): string | null {
  if (text.length <= foldFromCharacters) return null;
  const head = text.slice(0, foldedCharacters);
  const lineEnd = head.lastIndexOf("\n");
  if (lineEnd > foldedCharacters / 2) return head.slice(0, lineEnd);
  const wordEnd = head.lastIndexOf(" ");
  if (wordEnd > foldedCharacters / 2) return head.slice(0, wordEnd);
  // Never cut a surrogate pair in two.
  return /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
}

/** The bytes of a text in UTF-8, which is what a size on a button means. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

export interface TextPiece {
  /** Position of its first character in the whole text. */
  from: number;
  text: string;
}

/** Cuts a text into pieces that a browser lays out one by one, at line ends where there are any. */
export function splitForLayout(text: string, pieceCharacters = 12_000): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + pieceCharacters);
    if (to < text.length) {
      const lineEnd = text.lastIndexOf("\n", to - 1);
      if (lineEnd > from) to = lineEnd + 1;
      else if (/[\uD800-\uDBFF]/.test(text[to - 1] ?? "")) to += 1;
    }
    pieces.push({ from, text: text.slice(from, to) });
    from = to;
  }
  return pieces;
}
