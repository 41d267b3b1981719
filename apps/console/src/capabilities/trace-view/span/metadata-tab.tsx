import type { SpanDetail } from "@weir/schema";
import type { ReactNode } from "react";
import { CopyButton } from "../../../components/code-block.tsx";
import { formatDuration, formatInstantExact } from "../../../components/format.ts";
import { FilterLink } from "../navigation-context.tsx";
import { positioned } from "../position-keys.ts";

interface Fact {
  label: string;
  value: string;
  /** Field of the filter grammar that finds other traces with this value. */
  field?: string;
  mono?: boolean;
}

/** Everything that is known of a span besides its contents, with the way to others like it. */
export function MetadataTab({ span }: { span: SpanDetail }): ReactNode {
  const pairs = (values: Readonly<Record<string, string>>, fieldOf?: (name: string) => string): Fact[] =>
    Object.entries(values).map(([label, value]) => ({
      label,
      value,
      mono: true,
      ...(fieldOf === undefined ? {} : { field: fieldOf(label) }),
    }));
  return (
    <div className="flex max-w-[960px] flex-col gap-5 px-4 py-4">
      <FactList title="Call" facts={callFacts(span)} />
      <FactList title="Whose" facts={ownerFacts(span)} />
      <FactList
        title="Metadata"
        facts={pairs(span.metadata, (name) => `metadata.${name}`)}
        emptyText="None. Send it with the request's metadata, or as x-weir-metadata-… headers."
      />
      <FactList title="Versions" facts={pairs(span.versions)} />
      <FactList title="Attributes" facts={pairs(span.attributes)} />
    </div>
  );
}

function callFacts(span: SpanDetail): Fact[] {
  return [
    { label: "Kind", value: span.kind, field: "kind" },
    { label: "Operation", value: span.operation },
    { label: "Provider", value: span.provider, field: "provider" },
    { label: "Model asked", value: span.modelAsked, field: "model", mono: true },
    { label: "Model answered", value: span.modelAnswered, field: "model", mono: true },
    { label: "Provider fingerprint", value: span.providerFingerprint, mono: true },
    { label: "Response id", value: span.responseId, mono: true },
    { label: "Protocol", value: span.protocol, field: "protocol" },
    { label: "Streamed", value: span.protocol === "" ? "" : span.streamed ? "yes" : "no" },
    { label: "Finish reason", value: span.finishReasons.join(", ") },
    { label: "HTTP status", value: span.httpStatus === 0 ? "" : String(span.httpStatus), field: "http" },
    { label: "Started", value: formatInstantExact(span.startedAt) },
    { label: "Duration", value: formatDuration(span.durationMs) },
    { label: "Recorded by", value: span.source === "gateway" ? "Weir's gateway" : "the application (OTLP)" },
    { label: "Service", value: span.serviceName, field: "service" },
    { label: "Span id", value: span.spanId, mono: true },
    { label: "Parent span id", value: span.parentSpanId, mono: true },
    { label: "Trace id", value: span.traceId, mono: true },
  ];
}

function ownerFacts(span: SpanDetail): Fact[] {
  return [
    { label: "User", value: span.userId, field: "user" },
    { label: "Session", value: span.sessionId, field: "session" },
    { label: "Key", value: span.keyId, field: "key", mono: true },
    { label: "Environment", value: span.environment, field: "environment" },
    { label: "Release", value: span.release, field: "release" },
    ...span.tags.map((tag) => ({ label: "Tag", value: tag, field: "tag" })),
  ];
}

function FactList({
  title,
  facts,
  emptyText,
}: {
  title: string;
  facts: readonly Fact[];
  emptyText?: string;
}): ReactNode {
  const known = facts.filter((fact) => fact.value !== "");
  if (known.length === 0 && emptyText === undefined) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-table font-semibold">{title}</h2>
      {known.length === 0 ? <p className="text-table text-muted">{emptyText}</p> : null}
      <dl>
        {positioned(known).map(({ key, item: fact }) => (
          <div
            key={key}
            className="group/fact grid grid-cols-[minmax(96px,30%)_minmax(0,1fr)_24px] items-start gap-x-3 border-t border-line py-1 text-table"
          >
            <dt className="text-muted [overflow-wrap:anywhere]">{fact.label}</dt>
            <dd className={`[overflow-wrap:anywhere] ${fact.mono === true ? "font-mono" : ""}`}>
              {fact.field === undefined ? fact.value : <FilterLink field={fact.field} value={fact.value} />}
            </dd>
            <dd className="opacity-0 group-focus-within/fact:opacity-100 group-hover/fact:opacity-100 [&_button]:size-5">
              <CopyButton text={fact.value} label={`Copy ${fact.label}`} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
