/**
 * A background of stripes with hard edges: the stops of one repetition, from the angle on. They are mixed in sRGB, since
 * Firefox loses the edges of a repeating gradient of OKLCH colours, and whole stripes with them.
 */
export function stripes(angle: string, stops: string): string {
  return `repeating-linear-gradient(${angle} in srgb, ${stops})`;
}
