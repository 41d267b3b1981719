import type { CSSProperties as Known } from "react";

declare module "react" {
  /** Custom properties in `style`, such as `--peek-width`. */
  interface CSSProperties {
    [name: `--${string}`]: Known["width"];
  }
}
