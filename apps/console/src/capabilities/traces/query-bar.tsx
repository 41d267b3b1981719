import { useQuery } from "@tanstack/react-query";
import { findFilterField, metadataPrefix, parseFilter } from "@weir/schema";
import { CircleAlert, Search, X } from "lucide-react";
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { facetsQuery, type Scope } from "../../api/queries.ts";
import { readKeptText, useKeptText } from "../../app/kept-over-reload.ts";
import { IconButton } from "../../components/button.tsx";
import { InlineCode } from "../../components/inline-code.tsx";
import { KeyHint } from "../../components/key-hint.tsx";
import { CompletionList } from "./completion-list.tsx";
import {
  applyCompletion,
  completeField,
  completeValue,
  completionContext,
  highlightFilter,
  withoutTerm,
  type Completion,
  type CompletionContext,
} from "./query-completion.ts";
import { leaveUnapplied, pressInQuery } from "./query-keys.ts";

/** What could stand at the caret: fields at once, values as soon as they are counted. */
function useCompletions({
  text,
  context,
  scope,
}: {
  text: string;
  context: CompletionContext | null;
  scope: Scope;
}): Completion[] {
  const field = context?.kind === "value" ? findFilterField(context.field) : undefined;
  const countable = field?.facetable === true && field.name !== metadataPrefix;
  const filter = context?.kind === "value" ? withoutTerm(text, context.term) : "";
  const counted = useQuery({
    ...facetsQuery({ scope: { ...scope, filter }, fields: field === undefined ? [] : [field.name] }),
    enabled: countable,
  });
  return useMemo(() => {
    if (context === null) return [];
    if (context.kind === "field") return completeField(context.typed);
    return completeValue(context, countable ? counted.data?.data[0]?.values : undefined);
  }, [context, countable, counted.data]);
}

/**
 * The query in its grammar. The URL holds what applies; what is being typed applies on Enter and when the field
 * is left.
 */
export function QueryBar({
  filter,
  scope,
  inputRef,
  onFilter,
}: {
  filter: string;
  scope: Scope;
  inputRef: RefObject<HTMLInputElement | null>;
  onFilter: (filter: string) => void;
}): ReactNode {
  // A draft belongs to the filter it began from: when that changes (a facet, Back), the draft is void.
  const [draft, setDraft] = useState<{ from: string; text: string } | null>(() => {
    const kept = readKeptText("query");
    return kept === null ? null : { from: filter, text: kept };
  });
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [scrollLeft, setScrollLeft] = useState(0);
  const leaving = useRef(false);
  const text = draft !== null && draft.from === filter ? draft.text : filter;
  useKeptText("query", text === filter ? null : text);
  const context = useMemo(() => (open ? completionContext(text, caret) : null), [open, text, caret]);
  const completions = useCompletions({ text, context, scope });
  const shown = open && completions.length > 0;
  const close = (): void => {
    setOpen(false);
    setActive(-1);
  };
  const commit = (next: string): void => {
    close();
    setDraft(null);
    if (next.trim() !== filter) onFilter(next.trim());
  };
  const choose = (completion: Completion): void => {
    if (context === null) return;
    const applied = applyCompletion(text, context, completion);
    setDraft({ from: filter, text: applied.text });
    setCaret(applied.caret);
    setActive(-1);
    const input = inputRef.current;
    input?.focus();
    requestAnimationFrame(() => input?.setSelectionRange(applied.caret, applied.caret));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void =>
    pressInQuery(event, {
      completions: shown ? completions : [],
      active,
      partial: (context?.typed ?? "") !== "",
      setActive,
      choose,
      commit: () => commit(text),
      close,
      leave: () => {
        close();
        setDraft(null);
        leaveUnapplied(inputRef.current, leaving);
      },
    });
  return (
    <div className="min-w-0 flex-1">
      <div className="relative flex h-8 items-center rounded-md border border-line-strong bg-surface focus-within:border-accent focus-within:outline-1 focus-within:outline-accent">
        <Search className="ml-2.5 size-3.5 shrink-0 text-muted" />
        <div className="relative h-full min-w-0 flex-1">
          <Highlight text={text} scrollLeft={scrollLeft} />
          <input
            ref={inputRef}
            type="text"
            role="combobox"
            aria-label="Query"
            aria-expanded={shown}
            aria-controls="query-completions"
            aria-autocomplete="list"
            {...(shown && active >= 0 ? { "aria-activedescendant": `completion-${active}` } : {})}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            placeholder="Filter: status:error latency:>2s model:gpt-5* or any words"
            className="absolute inset-0 w-full bg-transparent px-2 font-mono text-table text-transparent caret-(--text) outline-none placeholder:font-sans forced-colors:text-[FieldText]"
            onChange={(event) => {
              setDraft({ from: filter, text: event.target.value });
              setCaret(event.target.selectionStart ?? event.target.value.length);
              setOpen(true);
              setActive(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onScroll={(event) => setScrollLeft(event.currentTarget.scrollLeft)}
            onClick={() => setOpen(true)}
            onKeyDown={press}
            onBlur={() => {
              if (!leaving.current) commit(text);
            }}
          />
        </div>
        <QueryEnd text={text} pending={text.trim() !== filter} onClear={() => commit("")} />
        {shown && context !== null ? (
          <CompletionList
            completions={completions}
            active={active}
            left={Math.max(0, 34 + context.range.start * monospaceWidth - scrollLeft)}
            onChoose={choose}
          />
        ) : null}
      </div>
      <Problems text={text} typingAt={open ? caret : null} onFix={commit} />
    </div>
  );
}

/** Width of a character of the 12 px monospace face, near enough to place the list of completions. */
const monospaceWidth = 7.2;

/** What stands at the right end of the field: the key that leads to it, or those that apply and clear. */
function QueryEnd({
  text,
  pending,
  onClear,
}: {
  text: string;
  pending: boolean;
  onClear: () => void;
}): ReactNode {
  return (
    <>
      {pending ? (
        <span className="hidden shrink-0 items-center gap-1 px-1.5 text-label text-muted narrow:flex">
          <KeyHint keys="↵" /> apply
        </span>
      ) : text === "" ? (
        <span className="hidden px-2 narrow:block">
          <KeyHint keys="/" />
        </span>
      ) : null}
      {text === "" ? null : (
        <IconButton
          size="small"
          label="Clear the query"
          // The field keeps the focus: left, it would apply what is to be cleared.
          onMouseDown={(event) => event.preventDefault()}
          onClick={onClear}
          className="mr-0.5"
        >
          <X />
        </IconButton>
      )}
    </>
  );
}

const looks = {
  plain: "",
  field: "text-accent-text",
  value: "text-text",
  problem: "underline decoration-bad decoration-wavy underline-offset-3",
} as const;

/** The same text in colours, under the field whose own text is transparent; what is unreadable is underlined. Where colours are forced, the field shows its own text. */
function Highlight({ text, scrollLeft }: { text: string; scrollLeft: number }): ReactNode {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute inset-0 flex items-center overflow-hidden px-2 font-mono text-table forced-colors:hidden"
    >
      <span className="whitespace-pre" style={{ transform: `translateX(${-scrollLeft}px)` }}>
        {highlightFilter(text).map((part) => (
          <span key={part.start} className={looks[part.look]}>
            {part.text}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Enough of a term to find it again where it is underlined; a pasted text would be in the way of the list. */
function shortened(term: string): string {
  return term.length > 80 ? `${term.slice(0, 80)}…` : term;
}

/** Why a part cannot be read, and what may have been meant. */
function Problems({
  text,
  typingAt,
  onFix,
}: {
  text: string;
  /** The caret while the reader types: a term that is not finished is no problem yet. */
  typingAt: number | null;
  onFix: (text: string) => void;
}): ReactNode {
  const parsed = useMemo(() => parseFilter(text), [text]);
  const problems = parsed.problems.filter(
    ({ term }) => typingAt === null || typingAt < term.start || typingAt > term.end,
  );
  if (problems.length === 0) return null;
  return (
    <ul aria-live="polite" className="flex flex-col gap-0.5 px-1 pt-1">
      {problems.slice(0, 3).map((problem) => (
        <li
          key={problem.start}
          className="flex items-start gap-x-1.5 text-table text-bad-text [overflow-wrap:anywhere]"
        >
          <CircleAlert className="mt-px size-3.5 shrink-0" />
          <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
            <span>
              <code>{shortened(text.slice(problem.term.start, problem.term.end))}</code> is left out.{" "}
              <InlineCode text={problem.message} />
            </span>
            {problem.suggestions.map((word) => (
              <button
                key={word}
                type="button"
                className="rounded-sm border border-line-strong px-1 text-text hover:bg-hover"
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onFix(text.slice(0, problem.start) + word + text.slice(problem.end))}
              >
                {word}
              </button>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
