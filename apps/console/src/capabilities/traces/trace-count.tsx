import type { ReactNode } from "react";
import { exactCount, formatCount } from "../../components/format.ts";

interface Counted {
  count: number;
  estimated: boolean;
}

/** `12 traces`, `about 131,072 traces`. */
export function describeTraces({ count, estimated }: Counted): string {
  return `${estimated ? "about " : ""}${exactCount(count)} ${count === 1 ? "trace" : "traces"}`;
}

/** How many traces a value stands for. */
export function TraceCount({ count, estimated }: Counted): ReactNode {
  const title = describeTraces({ count, estimated });
  return (
    <span
      className="text-muted"
      title={estimated ? `${title}: an estimate, nearly always within 0.5 %` : title}
    >
      {estimated ? "about " : ""}
      {formatCount(count)}
    </span>
  );
}
