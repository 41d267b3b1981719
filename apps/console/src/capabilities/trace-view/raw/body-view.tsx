import { Download, WrapText } from "lucide-react";
import { useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { Button, IconButton } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/code-block.tsx";
import { formatBytes } from "../../../components/format.ts";
import { byteLength } from "../messages/fold-text.ts";
import { findInJson } from "../json/json-rows.ts";
import { indentJson } from "../json/json-tokens.ts";
import { parseJson } from "../json/json-value.ts";
import { JsonView } from "../json/json-view.tsx";
import { downloadText } from "./download.ts";
import { EventStreamView } from "./event-stream-view.tsx";
import { findInText } from "./find-in-text.ts";
import { SearchField } from "./search-field.tsx";
import { isEventStream } from "./server-sent-events.ts";
import { TextView } from "./text-view.tsx";

type Form = "tree" | "events" | "text";

const formWords: Record<Form, string> = { tree: "Tree", events: "Events", text: "Text" };

/** Parsing more than this would hold up the page; such a body is shown as text first. */
const treeMaxCharacters = 20_000_000;

/** A recorded body: as a tree where it is JSON, event by event where it is a stream, and always as text. */
export function BodyView({
  text,
  label,
  fileName,
}: {
  text: string;
  label: string;
  fileName: string;
}): ReactNode {
  const stream = useMemo(() => isEventStream(text), [text]);
  const json = useMemo(
    () => (stream || text.length > treeMaxCharacters ? ({ ok: false } as const) : parseJson(text)),
    [stream, text],
  );
  const forms: Form[] = stream ? ["events", "text"] : json.ok ? ["tree", "text"] : ["text"];
  const [chosen, setChosen] = useState<Form | null>(null);
  const form = chosen !== null && forms.includes(chosen) ? chosen : (forms[0] ?? "text");
  const [wrap, setWrap] = useState(true);
  const [query, setQuery] = useState("");
  const [step, setStep] = useState(0);
  const shownText = useMemo(() => (form === "text" && json.ok ? indentJson(text) : text), [form, json, text]);
  const needle = useDeferredValue(query.trim());
  const jsonMatches = useMemo(
    () => (form === "tree" && json.ok && needle !== "" ? findInJson(json.value, needle) : []),
    [form, json, needle],
  );
  const textMatches = useMemo(
    () => (form === "text" && needle !== "" ? findInText(shownText, needle) : []),
    [form, needle, shownText],
  );
  const paths = useMemo(() => new Set(jsonMatches.map((match) => match.path)), [jsonMatches]);
  const count = form === "tree" ? jsonMatches.length : textMatches.length;
  const current = count === 0 ? -1 : ((step % count) + count) % count;
  return (
    <div>
      <div className="sticky top-0 z-10 flex flex-wrap items-center gap-1 border-b border-line bg-surface px-3 py-1">
        {forms.length < 2
          ? null
          : forms.map((each) => (
              <Button
                key={each}
                size="small"
                variant="ghost"
                aria-pressed={each === form}
                className="aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
                onClick={() => setChosen(each)}
              >
                {formWords[each]}
              </Button>
            ))}
        <SearchField
          label={`Find in the ${label.toLowerCase()}`}
          value={query}
          onChange={(value) => {
            setQuery(value);
            setStep(0);
          }}
          count={needle === "" || form === "events" ? null : count}
          current={current}
          onStep={(by) => setStep(step + by)}
        />
        <span className="text-label whitespace-nowrap text-muted">{formatBytes(byteLength(text))}</span>
        {form === "text" ? (
          <IconButton
            size="small"
            label={wrap ? "Do not wrap lines" : "Wrap lines"}
            pressed={wrap}
            onClick={() => setWrap(!wrap)}
          >
            <WrapText />
          </IconButton>
        ) : null}
        <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
        <IconButton
          size="small"
          label={`Download the ${label.toLowerCase()}`}
          onClick={() =>
            downloadText({ text, fileName, mediaType: stream ? "text/event-stream" : "application/json" })
          }
        >
          <Download />
        </IconButton>
      </div>
      {form === "tree" && json.ok ? (
        <div className="px-2 py-2">
          <JsonView
            value={json.value}
            label={label}
            openDepth={3}
            match={jsonMatches[current] ?? null}
            matches={paths}
          />
        </div>
      ) : null}
      {form === "events" ? <EventStreamView text={text} query={needle} /> : null}
      {form === "text" ? (
        <TextView text={shownText} label={label} wrap={wrap} matches={textMatches} currentMatch={current} />
      ) : null}
    </div>
  );
}
