import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { StatusMark } from "../../../components/status-mark.tsx";
import { parseJson } from "../json/json-value.ts";
import { JsonView } from "../json/json-view.tsx";
import { VirtualList } from "../virtual-list.tsx";
import { gistOfEvent, type EventGist } from "./event-gist.ts";
import { splitEvents, type ServerSentEvent } from "./server-sent-events.ts";

const tones: Record<EventGist["kind"], string> = {
  text: "text-text",
  reasoning: "text-soft italic",
  tool: "text-accent-text",
  usage: "text-good-text",
  stop: "text-muted",
  error: "text-bad-text",
  other: "text-muted",
};

/** A stream as it came, one line per event; a line opens to the event's data. */
export function EventStreamView({ text, query }: { text: string; query: string }): ReactNode {
  const all = useMemo(() => splitEvents(text), [text]);
  const events = useMemo(() => {
    const needle = query.toLowerCase();
    return needle === ""
      ? all
      : all.filter((each) => `${each.event}\n${each.data}`.toLowerCase().includes(needle));
  }, [all, query]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (index: number): void => {
    const next = new Set(open);
    if (!next.delete(index)) next.add(index);
    setOpen(next);
  };
  const rowOf = (at: number): ReactNode => {
    const event = events[at];
    return event === undefined ? null : (
      <EventRow event={event} open={open.has(event.index)} onToggle={toggle} />
    );
  };
  const cut = all.at(-1)?.complete === false;
  return (
    <div>
      <p className="flex flex-wrap gap-x-3 px-4 py-1.5 text-label text-muted">
        <span>{query === "" ? `${all.length} events` : `${events.length} of ${all.length} events`}</span>
        {cut ? (
          <span className="text-warn-text">
            <StatusMark state="degraded" label="The stream breaks off inside its last event." />
          </span>
        ) : null}
      </p>
      <VirtualList
        label="Events of the stream"
        count={events.length}
        rowPx={25}
        keyOf={(at) => events[at]?.index ?? at}
        rowOf={rowOf}
        className="border-t border-line"
      />
    </div>
  );
}

function EventRow({
  event,
  open,
  onToggle,
}: {
  event: ServerSentEvent;
  open: boolean;
  onToggle: (index: number) => void;
}): ReactNode {
  const gist = useMemo(() => gistOfEvent(event.data), [event.data]);
  return (
    <div className="border-b border-line font-mono text-table">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => onToggle(event.index)}
        className="flex h-6 w-full items-center gap-2 px-3 text-left -outline-offset-2 hover:bg-hover"
      >
        <ChevronRight
          className={clsx("size-3 shrink-0 text-muted", open && "rotate-90")}
          aria-hidden="true"
        />
        <span className="w-9 shrink-0 text-right text-muted">{event.index}</span>
        <span className="w-36 shrink-0 truncate text-muted max-narrow:w-24" title={event.event}>
          {gist.label}
        </span>
        <span className={clsx("min-w-0 flex-1 truncate whitespace-pre", tones[gist.kind])}>
          {gist.piece.replaceAll("\n", "⏎")}
        </span>
      </button>
      {open ? <EventData data={event.data} /> : null}
    </div>
  );
}

function EventData({ data }: { data: string }): ReactNode {
  const parsed = parseJson(data);
  return (
    <div className="bg-sunken py-1 pr-2 pl-12">
      {parsed.ok ? (
        <JsonView value={parsed.value} label="Data of the event" openDepth={5} />
      ) : (
        <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{data}</span>
      )}
    </div>
  );
}
