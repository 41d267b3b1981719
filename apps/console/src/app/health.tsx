import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { System } from "@weir/schema";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { describeFailure } from "../api/failure.ts";
import { failureOf } from "../api/persistence.ts";
import { systemQuery } from "../api/queries.ts";
import { formatBytes, formatCount, formatDuration } from "../components/format.ts";
import { InlineCode } from "../components/inline-code.tsx";
import { Popover } from "../components/popover.tsx";
import { RelativeTime } from "../components/relative-time.tsx";
import { StatusMark, type MarkedState } from "../components/status-mark.tsx";

const summaries: Record<MarkedState, string> = {
  ok: "All systems work",
  degraded: "Something works only in part",
  down: "Something is down",
  error: "Something failed",
  cancelled: "Stopped",
  unknown: "Health unknown",
};

/** One mark in the top bar for engines, spool and providers, with the reasons a click away. */
export function HealthDot(): ReactNode {
  const query = useQuery(systemQuery);
  const { data } = query;
  const error = failureOf(query);
  const state: MarkedState = error === null ? (data?.state ?? "unknown") : "down";
  return (
    <Popover
      label="Health"
      align="end"
      className="w-[400px] p-3"
      trigger={
        <button
          type="button"
          aria-label={`Health: ${error === null ? summaries[state] : "the server does not answer"}`}
          className="flex size-7 items-center justify-center rounded-md hover:bg-hover"
        >
          <StatusMark state={state} word={false} />
        </button>
      }
    >
      {error !== null ? (
        <Unanswered error={error} />
      ) : data === undefined ? null : (
        <HealthReasons system={data} />
      )}
    </Popover>
  );
}

function Unanswered({ error }: { error: unknown }): ReactNode {
  const { detail, mend } = describeFailure(error);
  return (
    <div className="flex flex-col gap-1">
      <StatusMark state="down" label="Health could not be read" className="font-medium" />
      <p className="text-soft">{detail}</p>
      <p>{mend}</p>
    </div>
  );
}

function HealthReasons({ system }: { system: System }): ReactNode {
  const unready = system.providers.filter(
    (provider) => provider.problem !== "" || (provider.keyRequired && !provider.keyPresent),
  );
  return (
    <div className="flex flex-col gap-3">
      <StatusMark state={system.state} label={summaries[system.state]} className="font-medium" />
      <ul className="flex flex-col gap-2">
        {system.components.map((component) => (
          <li key={component.name} className="grid grid-cols-[96px_1fr] items-baseline gap-2">
            <StatusMark state={component.state} label={component.name} />
            <span className="text-table text-soft [overflow-wrap:anywhere]">
              {component.detail === "" ? "Works." : component.detail}
              {component.state === "ok" ? null : (
                <span className="text-muted">
                  {" "}
                  <RelativeTime at={component.since} lasting />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {unready.length === 0 ? null : (
        <ul className="flex flex-col gap-1 border-t border-line pt-2">
          {unready.map((provider) => (
            <li key={provider.name}>
              <span className="grid grid-cols-[96px_1fr] items-baseline gap-2">
                <StatusMark state="degraded" label={provider.name} />
                <span className="text-table text-soft [overflow-wrap:anywhere]">
                  <InlineCode text={provider.problem === "" ? "It has no key." : provider.problem} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="flex items-center justify-between border-t border-line pt-2 text-table text-muted">
        <span>
          Spool: {formatCount(system.spool.segments)} segments, {formatBytes(system.spool.bytes)}
          {system.spool.segments === 0 ? "" : `, oldest ${formatDuration(system.spool.oldestAgeMs)}`}
        </span>
        <Link
          to="/settings/system"
          search={(previous) => ({ project: previous.project })}
          className="text-accent-text hover:underline"
        >
          Details
        </Link>
      </p>
    </div>
  );
}

/** Stands above everything while calls go unrecorded: the one thing that nobody may find out later. */
export function RecordingBanner(): ReactNode {
  const { data } = useQuery(systemQuery);
  if (data === undefined || data.notRecording.length === 0) return null;
  return (
    <div
      role="alert"
      className="flex items-start gap-2 border-b border-line bg-warn-soft px-4 py-2 text-warn-text"
    >
      <TriangleAlert className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <strong className="font-semibold">Not everything is being recorded. </strong>
        {data.notRecording.join(" ")}{" "}
        {data.spool.unrecorded === 0
          ? null
          : `${formatCount(data.spool.unrecorded)} records were not written since the server started. `}
        <Link
          to="/settings/system"
          search={(previous) => ({ project: previous.project })}
          className="underline"
        >
          What to do
        </Link>
      </div>
    </div>
  );
}
