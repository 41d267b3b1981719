import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Once, around the whole console: neighbouring tooltips then open without a wait. */
export function TooltipProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <Radix.Provider delayDuration={350} skipDelayDuration={250}>
      {children}
    </Radix.Provider>
  );
}

/** The exact value or the definition of what it surrounds. The child must take a ref and be focusable to be reached by keyboard. */
export function Tooltip({
  content,
  children,
  side = "top",
  align = "center",
}: {
  content: ReactNode;
  children: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  align?: "start" | "center" | "end";
}): ReactNode {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="enter-float z-60 max-w-80 rounded-md bg-raised px-2 py-1 text-table text-text shadow-float [overflow-wrap:anywhere]"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
