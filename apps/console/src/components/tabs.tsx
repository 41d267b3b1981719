import { clsx } from "clsx";
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A row of tabs with a hairline under it. The caller owns which one is open, since the URL says so. */
export function Tabs({
  value,
  onChange,
  tabs,
  label,
  end,
  flush = false,
  children,
}: {
  value: string;
  onChange: (value: string) => void;
  tabs: readonly { value: string; label: ReactNode; count?: string | undefined; disabled?: boolean }[];
  /** What the tabs choose between, for screen readers. */
  label: string;
  /** Stands at the right end of the row. */
  end?: ReactNode;
  /** The first word stands at the left edge, in line with the text above and below. */
  flush?: boolean;
  /** `TabPanel`s. */
  children: ReactNode;
}): ReactNode {
  return (
    <Radix.Root value={value} onValueChange={onChange} className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 items-center border-b border-line">
        <Radix.List
          aria-label={label}
          className={clsx(
            "flex min-w-0 flex-1 gap-1 overflow-x-auto [scrollbar-width:none]",
            flush ? "-ml-2" : "px-2",
          )}
        >
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              disabled={tab.disabled ?? false}
              className="relative flex h-9 shrink-0 items-center gap-1.5 px-2 text-body text-muted -outline-offset-2 hover:text-text disabled:opacity-50 data-[state=active]:font-medium data-[state=active]:text-text data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:bottom-0 data-[state=active]:after:h-0.5 data-[state=active]:after:bg-accent"
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="text-label font-normal text-muted">{tab.count}</span>
              )}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {end === undefined ? null : <div className="flex shrink-0 items-center gap-1 px-2">{end}</div>}
      </div>
      {children}
    </Radix.Root>
  );
}

/** What one tab shows; it is not rendered while another is open. */
export function TabPanel({
  value,
  className,
  children,
}: {
  value: string;
  className?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <Radix.Content value={value} className={className ?? "min-h-0 flex-1 overflow-auto"}>
      {children}
    </Radix.Content>
  );
}
