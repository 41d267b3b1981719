import { hashText } from "./random.ts";

/**
 * A unit vector for a text: its words and letter triples are hashed onto the dimensions (feature hashing), so
 * that texts which share words lie near each other. It is no model and knows nothing of meaning.
 */
export function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const folded = text.normalize("NFC").toLowerCase();
  for (const word of folded.match(/[\p{L}\p{N}]+/gu) ?? []) {
    addFeature(vector, { feature: word, weight: 1 });
    const padded = ` ${word} `;
    for (let at = 0; at + 3 <= padded.length; at += 1) {
      addFeature(vector, { feature: padded.slice(at, at + 3), weight: 0.4 });
    }
  }
  let square = 0;
  for (const value of vector) square += value * value;
  if (square === 0) {
    // A text without words still needs a direction of its own.
    vector[hashText(folded) % dimensions] = 1;
    return vector;
  }
  const length = Math.sqrt(square);
  for (let index = 0; index < dimensions; index += 1) vector[index] = (vector[index] ?? 0) / length;
  return vector;
}

function addFeature(vector: Float32Array, feature: { feature: string; weight: number }): void {
  const hash = hashText(feature.feature);
  const index = hash % vector.length;
  const sign = hashText(feature.feature, 0x5bd1e995) & 1 ? 1 : -1;
  vector[index] = (vector[index] ?? 0) + sign * feature.weight;
}
