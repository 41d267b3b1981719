import { clsx } from "clsx";
import type { ReactNode } from "react";
import { modelColour } from "./model-colour.ts";

/** A dot in the colour of the model that is named beside it; grey for no model at all. */
export function ModelDot({ model, className }: { model: string; className?: string }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={clsx("size-2 shrink-0 rounded-full forced-color-adjust-none", className)}
      style={{ background: modelColour(model) }}
    />
  );
}
