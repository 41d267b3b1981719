import { clsx } from "clsx";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { describeFailure, Unreachable } from "../api/failure.ts";
import { failingSince, mayPass } from "../api/persistence.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./code-block.tsx";
import { InlineCode } from "./inline-code.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { StatusMark } from "./status-mark.tsx";

/** What failed, since when, what still works, what to do, and the id to search for. */
export function ErrorState({
  title,
  error,
  since,
  stillWorks,
  onRetry,
  retrying = false,
  compact = false,
}: {
  /** What the reader was waiting for: "The trace list could not be read". */
  title: string;
  error: unknown;
  /** Epoch milliseconds of the first failure. */
  since?: number;
  stillWorks?: string;
  onRetry?: () => void;
  retrying?: boolean;
  /** Small; `flush` where what is around has its own margin. */
  compact?: boolean | "flush";
}): ReactNode {
  const failure = describeFailure(error);
  const away = error instanceof Unreachable;
  const failedAt = failingSince(error) || (since ?? 0);
  return (
    <div
      role="alert"
      className={
        compact !== false
          ? clsx("flex flex-col items-start gap-1.5", compact === "flush" ? "py-2" : "p-4")
          : "mx-auto flex w-full max-w-[720px] flex-col items-start gap-2 px-6 py-12"
      }
    >
      <h2 className="text-heading">
        <StatusMark state="error" label={title} />
      </h2>
      <p className="max-w-[70ch] text-soft [overflow-wrap:anywhere]">
        <InlineCode text={failure.detail} />
      </p>
      {failure.mend === "" ? null : (
        <p className="max-w-[70ch] [overflow-wrap:anywhere]">
          <InlineCode text={failure.mend} />
          {mayPass(error) && onRetry !== undefined ? " This page tries again by itself." : null}
        </p>
      )}
      {stillWorks === undefined ? null : (
        <p className="max-w-[70ch] text-muted">
          {away ? "What still works cannot be seen from here." : `Still working: ${stillWorks}`}
        </p>
      )}
      {failure.errors.length === 0 ? null : (
        <ul className="list-disc pl-5 text-soft">
          {failure.errors.map((each) => (
            <li key={`${each.path}:${each.message}`} className="[overflow-wrap:anywhere]">
              <code>{each.path === "" ? "(whole)" : each.path}</code> {each.message}
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-table text-muted">
        {failedAt === 0 ? null : (
          <span>
            <RelativeTime at={new Date(failedAt).toISOString()} lasting />
          </span>
        )}
        <span>
          code <code>{failure.code}</code>
        </span>
        {failure.requestId === "" ? null : (
          <span className="inline-flex items-center gap-1">
            request <code>{failure.requestId}</code>
            <CopyButton text={failure.requestId} label="Copy the request id" />
          </span>
        )}
      </p>
      {onRetry === undefined ? null : (
        <Button onClick={onRetry} disabled={retrying} className="mt-1">
          <RotateCw className={retrying ? "animate-spin" : undefined} />
          Try again
        </Button>
      )}
    </div>
  );
}
