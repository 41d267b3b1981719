import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cpu } from "lucide-react";
import { useDeferredValue, useState, type ReactNode } from "react";
import { failureOf } from "../../api/persistence.ts";
import { modelsQuery, systemQuery } from "../../api/queries.ts";
import { PageBody } from "../../app/page-body.tsx";
import { tracesSearch } from "../../app/search-params.ts";
import { useConsoleSearch } from "../../app/use-console-search.ts";
import { Badge, SimulatorBadge } from "../../components/badge.tsx";
import { CopyButton } from "../../components/code-block.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { inputClass } from "../../components/field.tsx";
import { exactCount } from "../../components/format.ts";
import { ModelDot } from "../../components/model-dot.tsx";
import { ScrollRegion } from "../../components/scroll-region.tsx";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { quoteValue } from "../traces/query-completion.ts";

const listedMax = 300;

/** Every model that a call may name, those that answer now first. */
export function ModelsPage(): ReactNode {
  const query = useQuery(modelsQuery);
  const { data, refetch } = query;
  const error = failureOf(query);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const keyless = useKeyless();
  const models = data?.data
    .filter(({ model }) => model.toLowerCase().includes(wanted))
    .toSorted((left, right) => Number(keyless.has(left.provider)) - Number(keyless.has(right.provider)));
  return (
    <PageBody
      wide
      title="Models"
      intro={
        <>
          What an application may put in <code>model</code>: the provider and the model, or the bare model
          when only one provider has it.
        </>
      }
    >
      {error !== null && data === undefined ? (
        <ErrorState
          title="The models could not be read"
          error={error}
          stillWorks="Calls, to every model that is configured."
          onRetry={() => void refetch()}
          compact="flush"
        />
      ) : (
        <div className="flex flex-col gap-2">
          <div className="flex items-center gap-3">
            <input
              type="search"
              aria-label="Find a model"
              placeholder="Find a model"
              value={text}
              onChange={(event) => setText(event.target.value)}
              className={`${inputClass} max-w-80`}
            />
            <output className="text-table whitespace-nowrap text-muted">
              {models === undefined ? "" : `${exactCount(models.length)} models`}
            </output>
          </div>
          {models !== undefined && models.length === 0 ? (
            <EmptyState
              icon={<Cpu />}
              title={data?.data.length === 0 ? "No model yet" : "No model by that name"}
            >
              {data?.data.length === 0
                ? "Give a provider its key in the environment or in weir.yaml; its models appear here after a restart."
                : "A model that a provider does not list can still be called by its full name, provider/model."}
            </EmptyState>
          ) : (
            <ModelList models={models?.slice(0, listedMax)} />
          )}
          {models !== undefined && models.length > listedMax ? (
            <p className="text-table text-muted">
              The first {listedMax} are shown; type a part of the name to find others.
            </p>
          ) : null}
        </div>
      )}
    </PageBody>
  );
}

/** Providers whose models are known but cannot be called, for want of a key. */
function useKeyless(): ReadonlySet<string> {
  const { data } = useQuery(systemQuery);
  const keyless = data?.providers.filter((provider) => provider.keyRequired && !provider.keyPresent) ?? [];
  return new Set(keyless.map(({ name }) => name));
}

function ModelList({
  models,
}: {
  models: readonly { model: string; provider: string; protocol: string; simulator: boolean }[] | undefined;
}): ReactNode {
  const { search } = useConsoleSearch();
  const keyless = useKeyless();
  return (
    <ScrollRegion label="Model list" className="overflow-x-auto">
      <table className="w-full text-table">
        <thead className="text-label text-muted">
          <tr className="h-7">
            <th className="pr-4 text-left font-normal">Model</th>
            <th className="pr-4 text-left font-normal">Provider</th>
            <th className="pr-4 text-left font-normal max-narrow:hidden">Protocol</th>
            <th>
              <span className="sr-only">Traces</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models === undefined
            ? [0, 1, 2, 3].map((row) => (
                <tr key={row} className="h-8 border-t border-line">
                  {[0, 1, 2, 3].map((column) => (
                    <td key={column} className="pr-4">
                      <Skeleton width={skeletonWidth(row, column)} />
                    </td>
                  ))}
                </tr>
              ))
            : models.map(({ model, provider, protocol, simulator }) => (
                <tr key={model} className="group h-8 border-t border-line hover:bg-hover">
                  <td className="max-w-56 pr-4 narrow:max-w-[480px]">
                    <span className="flex min-w-0 items-center gap-2">
                      <ModelDot model={model} />
                      <code className="truncate" title={model}>
                        {model}
                      </code>
                      {simulator ? <SimulatorBadge /> : null}
                      <span className="opacity-0 max-narrow:hidden group-hover:opacity-100 focus-within:opacity-100">
                        <CopyButton text={model} label="Copy the model’s name" />
                      </span>
                    </span>
                  </td>
                  <td className="pr-4 whitespace-nowrap">
                    {keyless.has(provider) ? (
                      <Link to="/settings/system" search={(previous) => ({ project: previous.project })}>
                        <StatusMark
                          state="degraded"
                          label={`${provider}: no key`}
                          className="max-narrow:hidden"
                        />
                        {/* On a phone the model's name says already whose it is. */}
                        <StatusMark state="degraded" label="no key" className="narrow:hidden" />
                      </Link>
                    ) : (
                      provider
                    )}
                  </td>
                  <td className="pr-4 max-narrow:hidden">
                    <Badge>{protocol}</Badge>
                  </td>
                  <td className="pr-1 text-right">
                    <Link
                      to="/traces"
                      search={tracesSearch(search, { filter: `model:${quoteValue(model)}` })}
                      className="text-accent-text hover:underline"
                      aria-label={`Traces of ${model}`}
                    >
                      Traces
                    </Link>
                  </td>
                </tr>
              ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
