import type { ReactNode } from "react";
import { ScrollRegion } from "../components/scroll-region.tsx";

/** A page of prose, forms or a short table: a title, a sentence and what it is about. `wide` for tables. */
export function PageBody({
  title,
  intro,
  action,
  wide = false,
  children,
}: {
  title: string;
  intro?: ReactNode;
  action?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <ScrollRegion label={title} className="min-h-0 flex-1 overflow-auto">
      <div
        className={`flex flex-col gap-6 px-4 py-6 narrow:px-8 ${wide ? "max-w-[1120px]" : "max-w-[784px]"}`}
      >
        <div className="flex flex-wrap items-start gap-3">
          <div className="min-w-0 flex-1">
            <h2 className="text-title">{title}</h2>
            {intro === undefined ? null : <div className="mt-1 max-w-[64ch] text-soft">{intro}</div>}
          </div>
          {action}
        </div>
        {children}
      </div>
    </ScrollRegion>
  );
}
