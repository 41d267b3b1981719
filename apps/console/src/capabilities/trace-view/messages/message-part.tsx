import type { MessagePart } from "@weir/schema";
import { Brain, CornerDownRight, File, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "../../../components/code-block.tsx";
import { formatBytes } from "../../../components/format.ts";
import { StatusMark } from "../../../components/status-mark.tsx";
import { JsonTable } from "../json/json-table.tsx";
import { copyText, isRecord, parseJsonDocument } from "../json/json-value.ts";
import { JsonView } from "../json/json-view.tsx";
import { Disclosure } from "../span/disclosure.tsx";
import { toolArguments, toolResultValue } from "./conversation.ts";
import { byteLength } from "./fold-text.ts";
import { ExternalMedia } from "./markdown-view.tsx";
import { readMedia } from "./safe-url.ts";
import { TextPart } from "./text-part.tsx";

export interface PartContext {
  projectId: string | undefined;
  plain: boolean;
  toolNames: ReadonlyMap<string, string>;
}

/** One part of a message, in the form that suits it. */
export function MessagePartView({ part, context }: { part: MessagePart; context: PartContext }): ReactNode {
  switch (part.type) {
    case "text":
      return <TextPart text={part.content} plain={context.plain} />;
    case "reasoning":
      return <ReasoningPart text={part.content} plain={context.plain} />;
    case "tool_call":
      return <ToolCallPart part={part} />;
    case "tool_call_response":
      return <ToolResultPart part={part} context={context} />;
    case "media":
      return <MediaPart part={part} projectId={context.projectId} />;
    case "other":
      return (
        <PartBox icon={<File />} title={part.name} copy={() => copyText(part.value)}>
          <JsonView value={part.value} label={part.name} />
        </PartBox>
      );
  }
}

/** A frame with a heading for what is no prose. */
function PartBox({
  icon,
  title,
  note,
  copy,
  children,
}: {
  icon: ReactNode;
  title: ReactNode;
  note?: ReactNode;
  copy: () => string;
  children: ReactNode;
}): ReactNode {
  return (
    <div className="rounded-md border border-line">
      <div className="flex min-h-8 items-center gap-2 border-b border-line bg-sunken pr-1 pl-3 text-table [&>svg]:size-3.5 [&>svg]:shrink-0 [&>svg]:text-muted">
        {icon}
        <span className="min-w-0 truncate">{title}</span>
        {note === undefined ? null : <span className="min-w-0 truncate text-muted">{note}</span>}
        <span className="ml-auto">
          <CopyButton text={copy} />
        </span>
      </div>
      <div className="px-3 py-1.5">{children}</div>
    </div>
  );
}

function ReasoningPart({ text, plain }: { text: string; plain: boolean }): ReactNode {
  if (text === "") {
    return (
      <p className="flex items-center gap-2 text-table text-muted">
        <Brain className="size-3.5" aria-hidden="true" />
        The model reasoned; its provider did not send the text.
      </p>
    );
  }
  return (
    <Disclosure
      className="rounded-md border border-line"
      summaryClass="h-8 px-3 text-table text-soft"
      chevron="start"
      summary={
        <>
          <Brain className="size-3.5 text-muted" aria-hidden="true" />
          Reasoning <span className="text-muted">{formatBytes(byteLength(text))}</span>
        </>
      }
    >
      <div className="border-t border-line px-3 py-2 text-soft">
        <TextPart text={text} plain={plain} />
      </div>
    </Disclosure>
  );
}

function ToolCallPart({ part }: { part: Extract<MessagePart, { type: "tool_call" }> }): ReactNode {
  const { valid, value } = toolArguments(part.arguments);
  return (
    <PartBox
      icon={<Wrench aria-hidden="true" />}
      title={
        <>
          <span className="text-muted">calls</span> <span className="font-mono font-medium">{part.name}</span>
        </>
      }
      note={part.id === "" ? undefined : <code title="The call's id">{part.id}</code>}
      copy={() => copyText(value)}
    >
      {valid ? null : (
        <p className="mb-1 text-table text-warn-text">
          <StatusMark state="degraded" label="The arguments are not valid JSON; this is the text as sent." />
        </p>
      )}
      <JsonTable value={value} label={`Arguments of ${part.name}`} />
    </PartBox>
  );
}

function ToolResultPart({
  part,
  context,
}: {
  part: Extract<MessagePart, { type: "tool_call_response" }>;
  context: PartContext;
}): ReactNode {
  const name = context.toolNames.get(part.id);
  const text = toolResultValue(part.response);
  const json =
    typeof text === "string" && !context.plain ? parseJsonDocument(text) : ({ ok: false } as const);
  const value = json.ok ? json.value : text;
  return (
    <PartBox
      icon={<CornerDownRight aria-hidden="true" />}
      title={
        <>
          <span className="text-muted">result of</span>{" "}
          <span className="font-mono font-medium">{name ?? (part.id === "" ? "a tool" : part.id)}</span>
          {part.isError === true ? (
            <span className="ml-2 text-bad-text">
              <StatusMark state="error" label="failed" />
            </span>
          ) : null}
        </>
      }
      note={name === undefined ? undefined : <code title="The call's id">{part.id}</code>}
      copy={() => copyText(text)}
    >
      {typeof value === "string" ? (
        <TextPart text={value} plain={context.plain} />
      ) : isRecord(value) ? (
        <JsonTable value={value} label="Result" />
      ) : (
        <JsonView value={value} label="Result" />
      )}
    </PartBox>
  );
}

function MediaPart({
  part,
  projectId,
}: {
  part: Extract<MessagePart, { type: "media" }>;
  projectId: string | undefined;
}): ReactNode {
  const source = readMedia(part.url, projectId);
  if (source.type !== "inline") return <ExternalMedia words="" modality={part.modality} source={source} />;
  // `image/*` is what a part without a media type has, and says nothing more.
  const caption = [part.modality, part.mediaType].filter((word) => !/^$|\*$/.test(word)).join(" · ");
  if (part.modality === "image") {
    return (
      <figure className="inline-block max-w-full">
        <a href={source.src} target="_blank" rel="noopener" title="Open the image by itself">
          <img
            src={source.src}
            alt={`Attached ${caption}`}
            loading="lazy"
            className="max-h-80 min-h-8 max-w-full rounded-md border border-line bg-sunken object-contain"
          />
        </a>
        <figcaption className="mt-0.5 text-label text-muted">{caption}</figcaption>
      </figure>
    );
  }
  if (part.modality === "audio") {
    return (
      <figure>
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a recorded sound has no captions to show */}
        <audio
          controls
          preload="none"
          src={source.src}
          className="h-9 w-full max-w-96"
          aria-label={`Attached ${caption}`}
        />
        <figcaption className="mt-0.5 text-label text-muted">{caption}</figcaption>
      </figure>
    );
  }
  return (
    <a
      href={source.src}
      download
      className="inline-flex items-center gap-2 rounded-md border border-line px-2 py-1 text-table text-accent-text hover:bg-hover"
    >
      <File className="size-3.5" aria-hidden="true" />
      Download {caption}
    </a>
  );
}
