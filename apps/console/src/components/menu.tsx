import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { KeyHint } from "./key-hint.tsx";

/** A menu of commands under a button. The trigger must be a single element that takes a ref. */
export function Menu({
  trigger,
  children,
  align = "start",
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
}): ReactNode {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="enter-float z-60 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-x-hidden overflow-y-auto rounded-md bg-raised p-1 whitespace-nowrap shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const itemClass =
  "flex h-7 cursor-default items-center gap-2 rounded-sm px-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-pressed [&_svg]:size-3.5 [&_svg]:text-muted";

/** One command. */
export function MenuItem({
  onSelect,
  keys,
  disabled = false,
  children,
}: {
  onSelect: () => void;
  keys?: string;
  disabled?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Radix.Item onSelect={onSelect} disabled={disabled} className={itemClass}>
      {children}
      {keys === undefined ? null : (
        <span className="ml-auto pl-4">
          <KeyHint keys={keys} />
        </span>
      )}
    </Radix.Item>
  );
}

/** A command that is on or off; the menu stays open, since one rarely changes only one of them. */
export function MenuCheck({
  checked,
  onChange,
  disabled = false,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Radix.CheckboxItem
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={itemClass}
    >
      <span className="w-3.5 shrink-0">
        <Radix.ItemIndicator>
          <Check />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

/** A heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }): ReactNode {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-label text-muted">{children}</Radix.Label>;
}

/** A hairline between groups. */
export function MenuSeparator(): ReactNode {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
