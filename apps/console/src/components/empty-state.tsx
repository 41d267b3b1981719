import type { ReactNode } from "react";

/** What this place is for, why it helps, and what fills it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  heading: Heading = "h2",
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `h1` where it is the whole page. */
  heading?: "h1" | "h2";
}): ReactNode {
  return (
    <div className="mx-auto flex w-full max-w-[720px] flex-col items-start gap-2 px-6 py-12">
      {icon === undefined ? null : (
        <span className="mb-1 text-muted [&_svg]:size-5 [&_svg]:stroke-[1.5]">{icon}</span>
      )}
      <Heading className="text-heading">{title}</Heading>
      {children === undefined ? null : <div className="max-w-[60ch] text-soft">{children}</div>}
      {action === undefined ? null : <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
