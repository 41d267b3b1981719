import { ExternalLink, ImageOff } from "lucide-react";
import { Marked, type MarkedToken, type Token, type Tokens } from "marked";
import { memo, type ReactNode } from "react";
import { CopyButton } from "../../../components/code-block.tsx";
import { positioned } from "../position-keys.ts";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { readLink, readMedia } from "./safe-url.ts";

/**
 * Markdown is parsed to tokens and the tokens become React elements: no HTML string ever exists, so nothing in a
 * message can become an element, an attribute or a script of the page. Tags are shown as the text they are, because
 * in a prompt `<context>` is content, and a sanitiser would make it vanish.
 */
const markdown = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: { html: () => undefined, tag: () => undefined },
});

/** Deeper nesting than this is no document; the text is shown as it stands. */
const depthMax = 24;

/** No extension is loaded, so every token is one of the parser's own; an unknown one falls to the default below. */
function isMarkedToken(token: Token): token is MarkedToken {
  return token.type !== "";
}

function Children({
  tokens,
  depth,
  fallback,
}: {
  tokens: Token[] | undefined;
  depth: number;
  fallback: string;
}): ReactNode {
  if (tokens === undefined || depth > depthMax) return fallback;
  return positioned(tokens).map(({ key, item }) => <TokenView key={key} token={item} depth={depth + 1} />);
}

function TokenView({ token, depth }: { token: Token; depth: number }): ReactNode {
  if (!isMarkedToken(token)) return token.raw;
  switch (token.type) {
    case "space":
      return null;
    case "code":
      return <CodeToken code={token.text} language={token.lang ?? ""} />;
    case "hr":
      return <hr className="my-3 border-line" />;
    case "heading":
      return <HeadingToken token={token} depth={depth} />;
    case "blockquote":
      return (
        <blockquote className="my-2 border-l-2 border-line-strong pl-3 text-soft">
          <Children tokens={token.tokens} depth={depth} fallback={token.text} />
        </blockquote>
      );
    case "list":
      return <ListToken token={token} depth={depth} />;
    case "table":
      return <TableToken token={token} depth={depth} />;
    case "paragraph":
      return (
        <p className="my-2 first:mt-0 last:mb-0">
          <Children tokens={token.tokens} depth={depth} fallback={token.text} />
        </p>
      );
    default:
      return <InlineToken token={token} depth={depth} />;
  }
}

function InlineToken({ token, depth }: { token: MarkedToken; depth: number }): ReactNode {
  switch (token.type) {
    case "strong":
      return (
        <strong className="font-semibold">
          <Children tokens={token.tokens} depth={depth} fallback={token.text} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Children tokens={token.tokens} depth={depth} fallback={token.text} />
        </em>
      );
    case "del":
      return (
        <del>
          <Children tokens={token.tokens} depth={depth} fallback={token.text} />
        </del>
      );
    case "codespan":
      return <code className="rounded-sm bg-sunken px-1 py-px text-[0.95em]">{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <LinkToken token={token} depth={depth} />;
    case "image":
      return <ImageToken token={token} />;
    case "escape":
      return token.text;
    case "text":
      return <Children tokens={token.tokens} depth={depth} fallback={token.text} />;
    case "checkbox":
      return <span className="sr-only">{token.checked ? "done: " : "to do: "}</span>;
    default:
      // Definitions of links, and whatever a later version adds: shown, never dropped.
      return <span className="whitespace-pre-wrap">{token.raw}</span>;
  }
}

/** A message stands under the view's own headings, so its first levels are their fourth. */
function HeadingToken({ token, depth }: { token: Tokens.Heading; depth: number }): ReactNode {
  const Heading = token.depth <= 2 ? "h4" : token.depth === 3 ? "h5" : "h6";
  return (
    <Heading
      className={`${token.depth === 1 ? "text-heading" : "text-body"} mt-4 mb-1.5 font-semibold first:mt-0`}
    >
      <Children tokens={token.tokens} depth={depth} fallback={token.text} />
    </Heading>
  );
}

function CodeToken({ code, language }: { code: string; language: string }): ReactNode {
  return (
    <div className="group/code relative my-2 overflow-hidden rounded-md border border-line bg-sunken first:mt-0 last:mb-0">
      <div className="flex h-7 items-center justify-between border-b border-line pr-0.5 pl-3 text-label text-muted">
        <span>{language === "" ? "code" : language}</span>
        <CopyButton text={code} label="Copy code" />
      </div>
      <ScrollRegion
        landmark={false}
        label={language === "" ? "Code" : `${language} code`}
        className="overflow-x-auto"
      >
        <pre className="w-max min-w-full px-3 py-2">
          <code>{code}</code>
        </pre>
      </ScrollRegion>
    </div>
  );
}

function ListToken({ token, depth }: { token: Tokens.List; depth: number }): ReactNode {
  const items = positioned(token.items).map(({ key, item }) => (
    <li key={key} className={item.task ? "list-none" : "my-0.5"}>
      {item.task ? (
        <span aria-hidden="true" className="-ml-5 inline-block w-5 text-muted">
          {item.checked === true ? "☑" : "☐"}
        </span>
      ) : null}
      <Children tokens={item.tokens} depth={depth} fallback={item.text} />
    </li>
  ));
  if (!token.ordered)
    return <ul className="my-2 list-disc pl-5 marker:text-muted first:mt-0 last:mb-0">{items}</ul>;
  return (
    <ol
      className="my-2 list-decimal pl-6 marker:text-muted first:mt-0 last:mb-0"
      start={token.start === "" ? 1 : token.start}
    >
      {items}
    </ol>
  );
}

function TableToken({ token, depth }: { token: Tokens.Table; depth: number }): ReactNode {
  const cell = (each: Tokens.TableCell): ReactNode => (
    <Children tokens={each.tokens} depth={depth} fallback={each.text} />
  );
  return (
    <ScrollRegion landmark={false} label="Table" className="my-2 overflow-x-auto">
      <table className="border-collapse text-table">
        <thead>
          <tr>
            {positioned(token.header).map(({ key, item: each }) => (
              <th
                key={key}
                className="border-b border-line-strong px-2 py-1 font-medium"
                style={{ textAlign: each.align ?? "left" }}
              >
                {cell(each)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {positioned(token.rows).map(({ key: rowKey, item: row }) => (
            <tr key={rowKey}>
              {positioned(row).map(({ key, item: each }) => (
                <td
                  key={key}
                  className="border-b border-line px-2 py-1 align-top"
                  style={{ textAlign: each.align ?? "left" }}
                >
                  {cell(each)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function LinkToken({ token, depth }: { token: Tokens.Link; depth: number }): ReactNode {
  const url = readLink(token.href);
  const words = <Children tokens={token.tokens} depth={depth} fallback={token.text} />;
  if (url === null) {
    return (
      <span title="This address is not opened from here.">
        {words}
        {token.text === token.href ? null : <span className="text-muted"> ({token.href})</span>}
      </span>
    );
  }
  return (
    <a
      href={url.href}
      title={url.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      referrerPolicy="no-referrer"
      className="text-accent-text underline underline-offset-2 [overflow-wrap:anywhere]"
    >
      {words}
    </a>
  );
}

function ImageToken({ token }: { token: Tokens.Image }): ReactNode {
  const source = readMedia(token.href, undefined);
  if (source.type === "inline") {
    return (
      <img
        src={source.src}
        alt={token.text}
        className="my-2 max-h-80 max-w-full rounded-md border border-line"
      />
    );
  }
  return <ExternalMedia words={token.text} modality="image" source={source} />;
}

/** Names something that lies on another host, and leaves it to the reader to go there. */
export function ExternalMedia({
  words,
  modality,
  source,
}: {
  words: string;
  modality: string;
  source: { type: "external"; host: string; href: string } | { type: "unreadable"; reason: string };
}): ReactNode {
  const where =
    source.type === "external" ? `${modality} at ${source.host}` : `${modality}: ${source.reason}`;
  return (
    <span className="my-1 inline-flex max-w-full items-center gap-2 rounded-md border border-line bg-sunken px-2 py-1 text-table">
      <ImageOff className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0 truncate" title={source.type === "external" ? source.href : source.reason}>
        {words === "" ? null : <span>{words} · </span>}
        <span className="text-soft">{where}</span>
      </span>
      {source.type === "external" ? (
        <a
          href={source.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          referrerPolicy="no-referrer"
          className="inline-flex shrink-0 items-center gap-1 text-accent-text hover:underline"
        >
          Open <ExternalLink className="size-3" aria-hidden="true" />
          <span className="sr-only">(leaves this host, in a new tab)</span>
        </a>
      ) : null}
    </span>
  );
}

/** A message's text as a readable document. */
export const MarkdownView = memo(function MarkdownView({ text }: { text: string }): ReactNode {
  let tokens: Token[];
  try {
    tokens = markdown.lexer(text);
  } catch {
    // Text that the parser cannot take (nested beyond its stack) is still shown, as it stands.
    return <div className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</div>;
  }
  return (
    <div className="[overflow-wrap:anywhere]">
      {positioned(tokens).map(({ key, item }) => (
        <TokenView key={key} token={item} depth={0} />
      ))}
    </div>
  );
});
