/** A body as its record holds it: its beginning, and what became of the rest when it was too long for a row. */
export interface StoredBody {
  /** What the record itself holds. */
  head: string;
  /** SHA-256 of the file with the rest; empty when there is none. */
  restSha256: string;
  /** The rest exists no longer: it could not be written. */
  restLost: boolean;
  /** Bytes that passed by without being recorded at all. */
  unkeptBytes: number;
}

const unkept = /\n\((\d+) more bytes were not kept\)$/;
const restFile = /\nweir-blob:sha256\/([0-9a-f]{64})$/;
const restLost = /\n\(the rest could not be written\)$/;
/** The longest of the endings above. */
const endingMaxCharacters = 200;

/** Reads the lines that the gateway puts under a body that it had to cut. */
export function readStoredBody(text: string): StoredBody {
  // Only the end can hold them, and the body may have a million characters.
  const from = Math.max(0, text.length - endingMaxCharacters);
  let ending = text.slice(from);
  const notKept = unkept.exec(ending);
  if (notKept !== null) ending = ending.slice(0, notKept.index);
  const file = restFile.exec(ending);
  const lost = restLost.exec(ending);
  const cut = file ?? lost;
  if (cut !== null) ending = ending.slice(0, cut.index);
  return {
    head: text.slice(0, from) + ending,
    restSha256: file?.[1] ?? "",
    restLost: lost !== null,
    unkeptBytes: Number(notKept?.[1] ?? 0),
  };
}
