import { useState, type ReactNode } from "react";
import { formatBytes } from "../../../components/format.ts";
import { JsonView } from "../json/json-view.tsx";
import { parseJsonDocument } from "../json/json-value.ts";
import { TextView } from "../raw/text-view.tsx";
import { byteLength, foldText, plainFromCharacters } from "./fold-text.ts";
import { MarkdownView } from "./markdown-view.tsx";

/** A quiet button in the flow of a document. */
function InlineButton({ onClick, children }: { onClick: () => void; children: ReactNode }): ReactNode {
  return (
    <button
      type="button"
      onClick={onClick}
      className="rounded-sm text-table text-accent-text hover:underline"
    >
      {children}
    </button>
  );
}

/**
 * Text of a message: markdown, or a tree when the whole of it is JSON. Long text shows its beginning with a
 * button for the rest; `plain` shows the characters as they are.
 */
export function TextPart({ text, plain }: { text: string; plain: boolean }): ReactNode {
  const json = plain || text.length > 1_000_000 ? ({ ok: false } as const) : parseJsonDocument(text);
  if (json.ok) return <JsonAnswer value={json.value} text={text} />;
  return <ProseText text={text} plain={plain} />;
}

function JsonAnswer({ value, text }: { value: unknown; text: string }): ReactNode {
  const [asText, setAsText] = useState(false);
  return (
    <div className="rounded-md border border-line bg-sunken">
      <div className="flex h-7 items-center justify-between border-b border-line px-3 text-label text-muted">
        <span>JSON</span>
        <InlineButton onClick={() => setAsText(!asText)}>{asText ? "as tree" : "as text"}</InlineButton>
      </div>
      <div className="px-1 py-1.5">
        {asText ? (
          <TextView text={text} label="JSON text" wrap />
        ) : (
          <JsonView value={value} label="JSON" openDepth={3} />
        )}
      </div>
    </div>
  );
}

function ProseText({ text, plain }: { text: string; plain: boolean }): ReactNode {
  const [whole, setWhole] = useState(false);
  const folded = foldText(text);
  const shown = folded === null || whole ? text : folded;
  const asItIs = plain || shown.length > plainFromCharacters;
  return (
    <>
      {asItIs ? (
        <div className="-mx-3">
          <TextView text={shown} label="Text" wrap />
        </div>
      ) : (
        <MarkdownView text={shown} />
      )}
      {folded === null ? null : (
        <div className={whole ? "mt-2" : "relative mt-1 border-t border-line pt-1.5"}>
          <InlineButton onClick={() => setWhole(!whole)}>
            {whole ? "Show the beginning only" : `Show all ${formatBytes(byteLength(text))}`}
          </InlineButton>
          {whole && !plain && text.length > plainFromCharacters ? (
            <span className="ml-2 text-table text-muted">Shown as plain text because of its size.</span>
          ) : null}
        </div>
      )}
    </>
  );
}
