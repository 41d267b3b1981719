import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./button.tsx";
import { useReturnFocus } from "./return-focus.ts";
import { ScrollRegion } from "./scroll-region.tsx";

/**
 * The first field has the focus; without one the dialog itself, not the button that closes it, whose tooltip would
 * take the first Esc.
 */
export function focusField(event: Event): void {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  (dialog.querySelector("input") ?? dialog).focus();
}

/** A modal question or form. Esc and a click beside it close it, unless `locked` (a secret that is shown once). */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  locked = false,
  children,
  footer,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  locked?: boolean;
  children?: ReactNode;
  footer?: ReactNode;
}): ReactNode {
  const { remember, giveBack } = useReturnFocus();
  const hold = (event: Event): void => {
    if (locked) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Radix.Content
          onInteractOutside={hold}
          onEscapeKeyDown={hold}
          onOpenAutoFocus={(event) => {
            remember();
            focusField(event);
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveBack();
          }}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className="enter-float fixed top-[14vh] left-1/2 z-50 flex max-h-[76vh] w-[min(520px,calc(100vw-24px))] -translate-x-1/2 flex-col rounded-md bg-raised shadow-float outline-none"
        >
          <header className="flex items-start gap-2 px-4 pt-4">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-heading [overflow-wrap:anywhere]">{title}</Radix.Title>
              {description === undefined ? null : (
                <Radix.Description asChild>
                  <div className="mt-1 text-soft">{description}</div>
                </Radix.Description>
              )}
            </div>
            {locked ? null : (
              <Radix.Close asChild>
                <IconButton label="Close" keys="Esc" size="small">
                  <X />
                </IconButton>
              </Radix.Close>
            )}
          </header>
          <ScrollRegion label={title} className="min-h-0 flex-1 overflow-auto px-4 py-3">
            {children}
          </ScrollRegion>
          {footer === undefined ? null : (
            <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
