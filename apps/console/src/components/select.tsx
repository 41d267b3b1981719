import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** One of a few values. For more than a dozen use the command palette or a query. */
export function Select({
  value,
  onChange,
  options,
  label,
  size = "medium",
}: {
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string; detail?: string }[];
  /** The accessible name. */
  label: string;
  size?: "small" | "medium";
}): ReactNode {
  return (
    <Radix.Root value={value} onValueChange={onChange}>
      <Radix.Trigger
        aria-label={label}
        className={`inline-flex items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2 hover:bg-hover ${size === "small" ? "h-6 text-table" : "h-7 text-body"}`}
      >
        <Radix.Value />
        <Radix.Icon>
          <ChevronDown className="size-3.5 text-muted" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="enter-float z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md bg-raised p-1 shadow-float"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex h-7 cursor-default items-center gap-2 rounded-sm pr-2 pl-1.5 outline-none data-[highlighted]:bg-pressed"
              >
                <span className="w-3.5">
                  <Radix.ItemIndicator>
                    <Check className="size-3.5 text-accent-text" />
                  </Radix.ItemIndicator>
                </span>
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.detail === undefined ? null : (
                  <span className="ml-auto pl-4 text-table text-muted">{option.detail}</span>
                )}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
