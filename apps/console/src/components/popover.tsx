import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Something small that floats by what opened it. The trigger must be a single element that takes a ref. */
export function Popover({
  trigger,
  children,
  align = "start",
  open,
  onOpenChange,
  className,
  label,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  /** The accessible name of what opens. */
  label: string;
}): ReactNode {
  return (
    <Radix.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={`enter-float z-60 max-w-[calc(100vw-16px)] rounded-md bg-raised shadow-float outline-none ${className ?? "p-3"}`}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
