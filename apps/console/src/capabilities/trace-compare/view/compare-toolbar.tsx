import { Link } from "@tanstack/react-router";
import { ArrowLeft, ArrowLeftRight, ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import type { ConsoleSearch } from "../../../app/search-params.ts";
import { Button, IconButton } from "../../../components/button.tsx";
import { SwitchMark } from "../../../components/switch-mark.tsx";
import { Tooltip } from "../../../components/tooltip.tsx";
import type { Differences } from "../use-differences.ts";

/** Back, the way from one difference to the next, and what is shown. */
export function CompareToolbar({
  back,
  differences,
  ready,
  onlyDifferences,
  onOnlyDifferences,
  onSwap,
}: {
  back: ConsoleSearch;
  differences: Differences;
  /** Whether there is a comparison to walk through. */
  ready: boolean;
  onlyDifferences: boolean;
  onOnlyDifferences: () => void;
  onSwap: () => void;
}): ReactNode {
  return (
    <div
      role="toolbar"
      aria-label="Comparison"
      className="flex h-10 shrink-0 items-center gap-1 border-b border-line bg-surface px-2"
    >
      <Tooltip content="Back to the list (Esc)" side="bottom">
        <Button asChild variant="ghost">
          <Link to="/traces" search={back}>
            <ArrowLeft />
            <span className="max-narrow:sr-only">Traces</span>
          </Link>
        </Button>
      </Tooltip>
      <span className="ml-auto flex items-center gap-1">
        {ready ? <Walk differences={differences} /> : null}
        <Tooltip content="Fold everything that is equal (O)" side="bottom">
          <button
            type="button"
            role="switch"
            aria-checked={onlyDifferences}
            onClick={onOnlyDifferences}
            className={`flex h-7 items-center gap-1.5 rounded-md px-2 whitespace-nowrap hover:bg-hover ${onlyDifferences ? "text-text" : "text-soft"}`}
          >
            <SwitchMark on={onlyDifferences} />
            Only differences
          </button>
        </Tooltip>
        <IconButton label="Swap A and B" keys="S" onClick={onSwap}>
          <ArrowLeftRight />
        </IconButton>
      </span>
    </div>
  );
}

function Walk({ differences }: { differences: Differences }): ReactNode {
  const { count, at, step } = differences;
  const words =
    count === 0
      ? "No differences"
      : at < 0
        ? `${count} ${count === 1 ? "difference" : "differences"}`
        : `${at + 1} of ${count}`;
  return (
    <>
      <output className="px-1 text-table whitespace-nowrap text-muted">{words}</output>
      <IconButton label="Previous difference" keys="P" disabled={count === 0} onClick={() => step(-1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label="Next difference" keys="N" disabled={count === 0} onClick={() => step(1)}>
        <ChevronDown />
      </IconButton>
    </>
  );
}
