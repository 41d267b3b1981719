import "react";

declare module "react" {
  /** Custom properties in `style`, such as `--peek-width`. */
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
