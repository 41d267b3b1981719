import type { ReactNode, Ref } from "react";

/** A part of a page that scrolls by itself, named and within reach of the keyboard. */
export function ScrollRegion({
  label,
  className,
  landmark = true,
  height,
  boxRef,
  children,
}: {
  label: string;
  className: string;
  /** Whether readers of landmarks find it: not where a page has many. */
  landmark?: boolean;
  height?: number;
  boxRef?: Ref<HTMLDivElement>;
  children: ReactNode;
}): ReactNode {
  return (
    <div
      {...(boxRef === undefined ? {} : { ref: boxRef })}
      role={landmark ? "region" : "group"}
      aria-label={label}
      // What scrolls must take the focus, or its end cannot be reached without a mouse.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      // Relative: words for screen readers alone are placed within it, and do not lengthen what is around it.
      className={`relative -outline-offset-2 ${className}`}
      {...(height === undefined ? {} : { style: { height } })}
    >
      {children}
    </div>
  );
}
