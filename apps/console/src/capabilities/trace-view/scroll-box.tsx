import type { ReactNode, Ref } from "react";

/** A part of the page that scrolls by itself, named and within reach of the keyboard. */
export function ScrollBox({
  label,
  className,
  boxRef,
  children,
}: {
  label: string;
  className: string;
  boxRef?: Ref<HTMLDivElement>;
  children: ReactNode;
}): ReactNode {
  return (
    <div
      {...(boxRef === undefined ? {} : { ref: boxRef })}
      // A group that is only named: neither a form's fieldset nor an address.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="group"
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={`relative -outline-offset-2 ${className}`}
    >
      {children}
    </div>
  );
}
