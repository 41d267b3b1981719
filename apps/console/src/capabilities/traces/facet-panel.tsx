import { useQuery } from "@tanstack/react-query";
import {
  editFilter,
  parseFilter,
  removeClause,
  selectedValues,
  toggleValue,
  type Facet,
  type FilterField,
} from "@weir/schema";
import { Check, ChevronRight, X } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { answerOf, failureOf } from "../../api/persistence.ts";
import { facetsQuery, keepWithinProject, type Scope } from "../../api/queries.ts";
import { useStored } from "../../app/stored.ts";
import { ModelDot } from "../../components/model-dot.tsx";
import { Skeleton, skeletonWidth } from "../../components/skeleton.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { facetChoices, facetFields, openAtFirst, type FacetChoice } from "./facet-filter.ts";
import { describeTraces, TraceCount } from "./trace-count.tsx";
import { readableFilter } from "./use-trace-list.ts";

const valuesAtFirst = 6;
/** Lines of a facet that was never counted here. */
const usualLines = 3;

interface FacetCounts {
  counts: ReadonlyMap<string, Facet["values"]>;
  /** False while what is there was counted for the filter before. */
  fresh: boolean;
  failed: boolean;
}

/** Counts of the open facets. The server leaves a field's own choice out, so that more of it can be ticked. */
function useFacetCounts({
  scope,
  open,
  live,
}: {
  scope: Scope;
  open: readonly string[];
  live: boolean;
}): FacetCounts {
  const counted = useQuery({
    ...facetsQuery({ scope: { ...scope, filter: readableFilter(scope.filter) }, fields: open }),
    enabled: open.length > 0,
    refetchInterval: live ? 10_000 : false,
    placeholderData: keepWithinProject(scope),
  });
  return {
    counts: new Map(answerOf(counted)?.data.map((facet) => [facet.field, facet.values])),
    fresh: counted.isSuccess && !counted.isPlaceholderData,
    failed: failureOf(counted) !== null,
  };
}

/** Lines under the title of an open facet. */
function lineCount(values: Facet["values"]): number {
  return Math.max(1, Math.min(values.length, valuesAtFirst + 1));
}

/** How many lines each open facet had when it was last counted: until it is, it takes as much room, and nothing jumps. */
function useLastLines(counts: FacetCounts["counts"]): ReadonlyMap<string, number> {
  const [stored, store] = useStored("facetLines");
  const counted = [...counts].map(([name, values]) => `${name}:${lineCount(values)}`).join(",");
  useEffect(() => {
    if (counted !== "") store(counted);
  }, [counted, store]);
  return new Map(
    (stored ?? "").split(",").map((each) => {
      const [name = "", lines = ""] = each.split(":");
      return [name, Math.min(valuesAtFirst + 1, Number(lines))];
    }),
  );
}

/** What the facets show, and where a new filter goes. */
export interface FacetsProps {
  scope: Scope;
  live: boolean;
  onFilter: (filter: string) => void;
}

/** Values with counts on the left; ticking one writes the query, and the query ticks them. */
export function FacetPanel({ scope, live, onFilter }: FacetsProps): ReactNode {
  const [stored, store] = useStored("facets");
  const open = stored === null ? openAtFirst : stored.split(",").filter((name) => name !== "");
  const { counts, fresh, failed } = useFacetCounts({ scope, open, live });
  const lastLines = useLastLines(counts);
  const toggle = (name: string): void => {
    store((open.includes(name) ? open.filter((each) => each !== name) : [...open, name]).join(","));
  };
  return (
    <section
      aria-label="Facets"
      aria-busy={open.length > 0 && !fresh && !failed}
      className="flex h-full flex-col overflow-y-auto py-1"
    >
      {failed ? (
        <output className="block px-3 py-1 text-table">
          <StatusMark state="degraded" label="Counts could not be read." />
        </output>
      ) : null}
      {facetFields.map((field) => (
        <FacetGroup
          key={field.name}
          field={field}
          open={open.includes(field.name)}
          values={counts.get(field.name)}
          lines={lastLines.get(field.name) ?? usualLines}
          fresh={fresh}
          settled={failed}
          filter={scope.filter}
          onToggle={() => toggle(field.name)}
          onFilter={onFilter}
        />
      ))}
    </section>
  );
}

function FacetGroup({
  field,
  open,
  values,
  lines,
  fresh,
  settled,
  filter,
  onToggle,
  onFilter,
}: {
  field: FilterField;
  open: boolean;
  values: Facet["values"] | undefined;
  /** As many as there will probably be. */
  lines: number;
  fresh: boolean;
  settled: boolean;
  filter: string;
  onToggle: () => void;
  onFilter: (filter: string) => void;
}): ReactNode {
  const [all, setAll] = useState(false);
  const { clauses } = parseFilter(filter);
  const chosen = selectedValues(clauses, { field: field.name });
  const excluded = selectedValues(clauses, { field: field.name, negated: true });
  const marked = chosen.length + excluded.length;
  const listed = values ?? [];
  const shown = facetChoices({
    values: listed,
    fresh: fresh && values !== undefined,
    chosen,
    excluded,
    valuesMax: all ? listed.length : valuesAtFirst,
  });
  const more = listed.length - valuesAtFirst;
  const change = (value: string, negated: boolean): void =>
    onFilter(editFilter(filter, (old) => toggleValue(old, { field: field.name, value, negated })));
  return (
    <div className="px-1 py-0.5">
      <div className="flex items-center">
        <button
          type="button"
          aria-expanded={open}
          title={field.description}
          onClick={onToggle}
          className="flex h-6 min-w-0 flex-1 items-center gap-1 rounded-sm px-1 text-left text-label text-soft hover:bg-hover"
        >
          <ChevronRight className={`size-3 shrink-0 text-muted ${open ? "rotate-90" : ""}`} />
          <span className="truncate">{field.title}</span>
        </button>
        {marked === 0 ? null : (
          <button
            type="button"
            onClick={() =>
              onFilter(
                editFilter(filter, (old) =>
                  removeClause(removeClause(old, { field: field.name }), {
                    field: field.name,
                    negated: true,
                  }),
                ),
              )
            }
            className="flex h-5 items-center gap-0.5 rounded-sm px-1 text-label text-accent-text hover:bg-hover"
          >
            <span className="sr-only">Clear {field.title}, chosen: </span>
            {marked} <X className="size-3" />
          </button>
        )}
      </div>
      {!open ? null : values === undefined && !settled ? (
        <div className="flex flex-col">
          {Array.from({ length: lines }, (_, line) => (
            // Lines of a skeleton have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <span key={line} className="flex h-6 items-center pl-6">
              <Skeleton width={skeletonWidth(line, 1)} />
            </span>
          ))}
        </div>
      ) : shown.length === 0 ? (
        <p className="flex h-6 items-center pl-6 text-table text-muted">
          {values === undefined ? "not known" : "none"}
        </p>
      ) : (
        <ul>
          {shown.map((choice) => (
            <FacetValue
              key={choice.value}
              field={field.name}
              choice={choice}
              onChange={(negated) => change(choice.value, negated)}
            />
          ))}
          {more > 0 ? (
            <li>
              <button
                type="button"
                onClick={() => setAll(!all)}
                className="flex h-6 items-center rounded-sm pr-2 pl-6 text-table text-accent-text hover:underline"
              >
                {all ? "Fewer" : `${more} more`}
              </button>
            </li>
          ) : null}
        </ul>
      )}
    </div>
  );
}

function FacetValue({
  field,
  choice: { value, count, estimated, state },
  onChange,
}: {
  field: string;
  choice: FacetChoice;
  onChange: (negated: boolean) => void;
}): ReactNode {
  const label = value === "" ? "(none)" : value;
  return (
    <li>
      <button
        type="button"
        // It has a third state, "left out", that no checkbox of HTML has.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="checkbox"
        aria-checked={state === "chosen" ? true : state === "excluded" ? "mixed" : false}
        aria-label={`${label}${count === null ? "" : `, ${describeTraces({ count, estimated })}`}${state === "excluded" ? ", excluded" : ""}`}
        title={`${label}\nAlt-click leaves it out instead.`}
        onClick={(event) => onChange(state === "excluded" || (event.altKey && state === "free"))}
        className="group/value flex h-6 w-full min-w-0 items-center gap-1.5 rounded-sm px-1 text-table hover:bg-hover"
      >
        <span
          aria-hidden="true"
          className={`flex size-3.5 shrink-0 items-center justify-center rounded-sm border ${state === "chosen" ? "border-accent-fill bg-accent-fill text-on-accent" : state === "excluded" ? "border-bad text-bad-text" : "border-line-strong"}`}
        >
          {state === "chosen" ? (
            <Check className="size-3" />
          ) : state === "excluded" ? (
            <X className="size-3" />
          ) : null}
        </span>
        {field === "model" ? <ModelDot model={value} /> : null}
        {field === "status" && (value === "ok" || value === "error" || value === "cancelled") ? (
          <StatusMark state={value} className="text-table" />
        ) : (
          <span className={`truncate ${state === "excluded" ? "text-muted line-through" : ""}`}>{label}</span>
        )}
        {count === null ? null : (
          <span className="ml-auto shrink-0 pl-2">
            <TraceCount count={count} estimated={estimated} />
          </span>
        )}
      </button>
    </li>
  );
}
