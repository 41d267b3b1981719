import type { ReactNode } from "react";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";

const blocks = [
  { key: "question", lines: ["1", "2", "3"] },
  { key: "call", lines: ["1", "2", "3", "4", "5"] },
  { key: "answer", lines: ["1", "2", "3", "4"] },
];

/** Lines of the size that messages will have, so that nothing jumps when they come. */
export function PanelSkeleton({ label }: { label: string }): ReactNode {
  return (
    <output className="flex flex-col gap-6 px-4 py-4" aria-label={label}>
      {blocks.map((block, at) => (
        <span key={block.key} className="flex flex-col gap-2.5">
          <Skeleton width={96} />
          {block.lines.map((line) => (
            <Skeleton key={line} width={skeletonWidth(Number(line), at)} />
          ))}
        </span>
      ))}
    </output>
  );
}
