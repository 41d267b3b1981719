import type { SpanDetail } from "@weir/schema";
import type { ReactNode } from "react";
import { formatDuration, formatInstantExact, shortId } from "../../../components/format.ts";
import { JsonTable } from "../json/json-table.tsx";
import { TraceLink } from "../navigation-context.tsx";
import { positioned } from "../position-keys.ts";
import { parseIsoMs } from "../tree/span-tree.ts";

/** What a traced application noted while a span ran, and the other spans that it says belong to it. */
export function EventsTab({ span }: { span: SpanDetail }): ReactNode {
  if (span.events.length === 0 && span.links.length === 0) {
    return (
      <p className="px-4 py-6 text-soft">
        {span.source === "gateway"
          ? "A call through the gateway has no events of its own; its stream is under Raw."
          : "The application noted no events on this span and linked it to no other."}
      </p>
    );
  }
  const startedAtMs = parseIsoMs(span.startedAt);
  return (
    <div className="flex flex-col gap-5 px-4 py-4">
      {span.events.length === 0 ? null : (
        <section aria-label="Events">
          <h2 className="mb-1 text-table font-semibold">Events</h2>
          <ol>
            {positioned(span.events).map(({ key, item: event }) => (
              <li key={key} className="border-t border-line py-2">
                <p className="flex flex-wrap items-baseline gap-x-3 text-table">
                  <span className={event.name === "exception" ? "font-medium text-bad-text" : "font-medium"}>
                    {event.name}
                  </span>
                  <span className="text-muted" title={formatInstantExact(event.at)}>
                    {offsetText(parseIsoMs(event.at) - startedAtMs)}
                  </span>
                </p>
                {Object.keys(event.attributes).length === 0 ? null : (
                  <div className="mt-1">
                    <JsonTable value={event.attributes} label={`Attributes of ${event.name}`} />
                  </div>
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      {span.links.length === 0 ? null : (
        <section aria-label="Links">
          <h2 className="mb-1 text-table font-semibold">Linked spans</h2>
          <ul>
            {positioned(span.links).map(({ key, item: link }) => (
              <li key={key} className="border-t border-line py-2 text-table">
                <TraceLink
                  to={{ type: "trace", traceId: link.traceId, spanId: link.spanId }}
                  title={`Trace ${link.traceId}, span ${link.spanId}`}
                  className="rounded-sm font-mono text-accent-text hover:underline"
                >
                  {link.traceId === span.traceId ? "this trace" : shortId(link.traceId)} / {link.spanId}
                </TraceLink>
                {Object.keys(link.attributes).length === 0 ? null : (
                  <JsonTable value={link.attributes} label="Attributes of the link" />
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function offsetText(offsetMs: number): string {
  if (!Number.isFinite(offsetMs)) return "";
  return offsetMs < 0 ? `${formatDuration(-offsetMs)} before the start` : `after ${formatDuration(offsetMs)}`;
}
