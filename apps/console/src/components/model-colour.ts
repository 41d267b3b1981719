/** How many hues the chart palette has; see `--chart-1` … in tokens.css. */
export const chartHues = 8;

/**
 * The model itself: without the provider before it, the parameters after it, and the date of its snapshot, so that
 * the model that was asked for and the one that answered look alike.
 */
function bareModel(model: string): string {
  const name = model.split("?")[0] ?? "";
  return name
    .slice(name.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, "");
}

/**
 * The hue of a model, 1 to 8: always the same for the same model, on every chart, page and visit (FNV-1a of the
 * name, so it depends on nothing that was seen before), whether it is written `gpt-5` or `openai/gpt-5`.
 */
export function modelHue(model: string): number {
  const name = bareModel(model);
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash ^= name.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  // The low bits of FNV mix poorly over short names; folding the halves spreads them.
  hash ^= hash >>> 16;
  return ((hash >>> 0) % chartHues) + 1;
}

/** The CSS colour of a model; no model at all, and the sum of the rest, are grey. */
export function modelColour(model: string): string {
  return model === "" ? "var(--chart-rest)" : `var(--chart-${modelHue(model)})`;
}
