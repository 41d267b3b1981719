import { useQuery } from "@tanstack/react-query";
import type { System } from "@weir/schema";
import type { ReactNode } from "react";
import { failureOf } from "../../api/persistence.ts";
import { systemQuery } from "../../api/queries.ts";
import { PageBody } from "../../app/page-body.tsx";
import { useTimeZone } from "../../app/use-console-search.ts";
import { Badge, SimulatorBadge } from "../../components/badge.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { BytesFigure, CountFigure, DurationFigure } from "../../components/figure.tsx";
import { InlineCode } from "../../components/inline-code.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { StatusMark } from "../../components/status-mark.tsx";

/** How Weir itself is doing: engines, spool, providers, and what to do about each. */
export function SystemPage(): ReactNode {
  const query = useQuery(systemQuery);
  const { data, refetch } = query;
  const error = failureOf(query);
  const zone = useTimeZone();
  return (
    <PageBody
      wide
      title="System"
      intro={
        data === undefined ? undefined : (
          <>
            Weir {data.version}, started <RelativeTime at={data.startedAt} zone={zone} />
          </>
        )
      }
    >
      {error !== null ? (
        <ErrorState
          title="The system’s state could not be read"
          error={error}
          stillWorks="Gateway threads serve and record calls without the control server."
          onRetry={() => void refetch()}
          compact="flush"
        />
      ) : null}
      {data === undefined ? (
        error === null ? (
          <SystemSkeleton />
        ) : null
      ) : (
        <>
          {error === null ? null : (
            <p className="text-warn-text">
              <StatusMark state="degraded" label="Not renewed:" /> what follows was read{" "}
              <RelativeTime at={new Date(query.dataUpdatedAt).toISOString()} zone={zone} />.
            </p>
          )}
          <NotRecording system={data} />
          <Components system={data} />
          <Spool system={data} />
          <Providers system={data} />
        </>
      )}
    </PageBody>
  );
}

function SystemSkeleton(): ReactNode {
  return (
    <div aria-busy="true" className="flex flex-col gap-3">
      {[70, 55, 62, 48, 66].map((width) => (
        <Skeleton key={width} width={`${width}%`} className="my-1.5" />
      ))}
    </div>
  );
}

function NotRecording({ system }: { system: System }): ReactNode {
  if (system.notRecording.length === 0) return null;
  return (
    <section className="rounded-md bg-warn-soft px-4 py-3">
      <h3 className="font-semibold text-warn-text">Not being recorded</h3>
      <ul className="mt-1 list-disc pl-5">
        {system.notRecording.map((sentence) => (
          <li key={sentence} className="[overflow-wrap:anywhere]">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Components({ system }: { system: System }): ReactNode {
  const zone = useTimeZone();
  return (
    <section>
      <h3 className="mb-1 text-heading">Components</h3>
      <ul>
        {system.components.map((component) => (
          <li
            key={component.name}
            className="grid items-baseline gap-x-4 gap-y-0.5 border-t border-line py-2 narrow:grid-cols-[140px_110px_1fr_120px]"
          >
            <span className="font-medium">{component.name}</span>
            <StatusMark state={component.state} />
            <span className="text-soft [overflow-wrap:anywhere]">{component.detail}</span>
            <span className="text-table text-muted narrow:text-right">
              <RelativeTime at={component.since} zone={zone} lasting />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Spool({ system }: { system: System }): ReactNode {
  const { segments, bytes, oldestAgeMs, unrecorded } = system.spool;
  const figures: readonly { label: string; definition: string; value: ReactNode }[] = [
    {
      label: "Segments",
      definition: "Files that wait to be shipped to ClickHouse.",
      value: <CountFigure value={segments} definition="Files that wait to be shipped to ClickHouse." />,
    },
    {
      label: "Size",
      definition: "Their size on disk.",
      value: <BytesFigure value={bytes} definition="Their size on disk." />,
    },
    {
      label: "Oldest",
      definition: "How long the oldest record has been waiting.",
      value: (
        <DurationFigure
          value={segments === 0 ? null : oldestAgeMs}
          definition="How long the oldest record has been waiting."
        />
      ),
    },
    {
      label: "Not recorded",
      definition: "Records that could not be written since the start, because disk or spool was full.",
      value: (
        <CountFigure
          value={unrecorded}
          definition="Records that could not be written since the start, because disk or spool was full."
          className={unrecorded > 0 ? "text-bad-text" : ""}
        />
      ),
    },
  ];
  return (
    <section>
      <h3 className="mb-1 text-heading">Spool</h3>
      <p className="mb-2 max-w-[64ch] text-soft">
        Every record is written to local disk before it is acknowledged, and shipped from there. A spool that
        grows means that ClickHouse is away or slow; nothing is lost meanwhile.
      </p>
      <dl className="grid grid-cols-2 gap-4 border-t border-line pt-3 narrow:grid-cols-4">
        {figures.map(({ label, definition, value }) => (
          <div key={label}>
            <dt className="text-label text-muted" title={definition}>
              {label}
            </dt>
            <dd className="text-title">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Providers({ system }: { system: System }): ReactNode {
  return (
    <section>
      <h3 className="mb-1 text-heading">Providers</h3>
      <p className="mb-2 max-w-[64ch] text-soft">
        From the environment or <code>weir.yaml</code>. Both are read when Weir starts.
      </p>
      <ul>
        {system.providers.map((provider) => (
          <li
            key={provider.name}
            className="grid gap-x-4 gap-y-1 border-t border-line py-2 narrow:grid-cols-[140px_1fr_200px]"
          >
            <span className="flex items-center gap-2 self-start">
              <span className="truncate font-medium">{provider.name}</span>
            </span>
            <span className="flex min-w-0 flex-col gap-0.5">
              <span className="flex min-w-0 flex-wrap items-center gap-2">
                <Badge>{provider.protocol}</Badge>
                {provider.simulator ? (
                  <SimulatorBadge />
                ) : (
                  <code className="truncate text-soft" title={provider.baseUrl}>
                    {provider.baseUrl}
                  </code>
                )}
                <span className="text-table text-muted">
                  {provider.models === 1 ? "1 model" : `${provider.models} models`}
                </span>
              </span>
              {provider.problem === "" ? null : (
                <span className="text-table text-soft [overflow-wrap:anywhere]">
                  <InlineCode text={provider.problem} />
                </span>
              )}
            </span>
            <span className="self-start narrow:text-right">
              {provider.keyRequired ? (
                provider.keyPresent ? (
                  <StatusMark state={provider.problem === "" ? "ok" : "degraded"} label="Key present" />
                ) : (
                  <StatusMark state="degraded" label="Key missing" />
                )
              ) : (
                <StatusMark state={provider.problem === "" ? "ok" : "degraded"} label="Needs no key" />
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
