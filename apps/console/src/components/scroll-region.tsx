import type { ReactNode } from "react";

/** A part of a page that scrolls by itself, named and within reach of the keyboard. */
export function ScrollRegion({
  label,
  className,
  height,
  children,
}: {
  label: string;
  className: string;
  height?: number;
  children: ReactNode;
}): ReactNode {
  return (
    <section
      aria-label={label}
      // What scrolls must take the focus, or its end cannot be reached without a mouse.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={`-outline-offset-2 ${className}`}
      {...(height === undefined ? {} : { style: { height } })}
    >
      {children}
    </section>
  );
}
