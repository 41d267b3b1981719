import { clsx } from "clsx";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { KeyHint } from "./key-hint.tsx";
import { Tooltip } from "./tooltip.tsx";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";

const base =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md whitespace-nowrap select-none " +
  "transition-colors duration-(--motion) disabled:cursor-not-allowed " +
  "[&_svg]:size-3.5 [&_svg]:shrink-0";

/** Disabled, a button turns grey instead of pale: its words, often a progress, stay readable. */
const filled = "font-medium text-on-accent disabled:bg-pressed disabled:text-muted";

const variants: Record<ButtonVariant, string> = {
  primary: `${filled} bg-accent-fill not-disabled:hover:bg-accent-fill-hover`,
  secondary:
    "border border-line-strong bg-surface text-text not-disabled:hover:bg-hover not-disabled:active:bg-pressed " +
    "disabled:border-line disabled:text-muted",
  ghost: "text-soft not-disabled:hover:bg-hover not-disabled:hover:text-text not-disabled:active:bg-pressed",
  danger: `${filled} bg-bad-fill not-disabled:hover:brightness-95`,
};

const sizes = { small: "h-6 px-2 text-table", medium: "h-7 px-2.5 text-body", large: "h-9 px-4 text-body" };

/** A button with words on it. `asChild` lends its looks to a link. */
export function Button({
  variant = "secondary",
  size = "medium",
  asChild = false,
  className,
  type,
  ...rest
}: ComponentProps<"button"> & {
  variant?: ButtonVariant;
  size?: keyof typeof sizes;
  asChild?: boolean;
}): ReactNode {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      {...(asChild ? {} : { type: type ?? "button" })}
      className={clsx(base, variants[variant], sizes[size], className)}
      {...rest}
    />
  );
}

/** A button with an icon only: its label is its accessible name and its tooltip, with the key that does the same. */
export function IconButton({
  label,
  keys,
  pressed,
  size = "medium",
  side,
  className,
  ...rest
}: Omit<ComponentProps<"button">, "aria-label" | "aria-pressed"> & {
  label: string;
  keys?: string;
  pressed?: boolean;
  size?: "small" | "medium";
  side?: "top" | "right" | "bottom" | "left";
}): ReactNode {
  return (
    <Tooltip
      side={side ?? "bottom"}
      content={
        <span className="flex items-center gap-2">
          {label}
          {keys === undefined ? null : <KeyHint keys={keys} />}
        </span>
      }
    >
      <button
        type="button"
        aria-label={label}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        className={clsx(
          base,
          variants.ghost,
          "disabled:opacity-50",
          size === "small" ? "size-6" : "size-7",
          pressed === true && "bg-accent-soft text-accent-text",
          className,
        )}
        {...rest}
      />
    </Tooltip>
  );
}
