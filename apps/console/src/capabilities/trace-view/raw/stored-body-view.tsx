import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { apiUrl, readText } from "../../../api/client.ts";
import { retryQuery } from "../../../api/queries.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { exactCount, formatBytes } from "../../../components/format.ts";
import { StatusMark } from "../../../components/status-mark.tsx";
import { byteLength } from "../messages/fold-text.ts";
import { BodyView } from "./body-view.tsx";
import { downloadText } from "./download.ts";
import { readStoredBody, type StoredBody } from "./stored-body.ts";

/** A longer text would hold up the page for seconds; it is saved instead. */
const shownMaxCharacters = 24_000_000;

/** A recorded body; one that was too long for its row is put together again when the reader asks for it. */
export function StoredBodyView({
  text,
  label,
  fileName,
  projectId,
}: {
  text: string;
  label: string;
  fileName: string;
  projectId: string | undefined;
}): ReactNode {
  const body = useMemo(() => readStoredBody(text), [text]);
  const [asked, setAsked] = useState(false);
  const path = `/blobs/${body.restSha256}`;
  const rest = useQuery({
    queryKey: ["blob", projectId, body.restSha256],
    queryFn: ({ signal }) => readText({ path, query: { projectId }, signal }),
    enabled: asked && body.restSha256 !== "",
    retry: retryQuery,
    // Files are named by their content.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const complete = useMemo(
    () => (rest.data === undefined ? null : body.head + rest.data),
    [body.head, rest.data],
  );
  const tooLong = complete !== null && complete.length > shownMaxCharacters;
  const putTogether = complete !== null && !tooLong;
  const whole = body.head === text || (putTogether && body.unkeptBytes === 0);
  return (
    <div>
      {whole ? null : (
        <CutNotice
          body={body}
          complete={complete}
          reading={rest.isFetching}
          onRead={() => setAsked(true)}
          href={apiUrl(path, { projectId })}
          fileName={fileName}
        />
      )}
      {rest.error === null ? null : (
        <ErrorState
          compact
          title="The rest of this body could not be read"
          error={rest.error}
          stillWorks="Its beginning, below."
          onRetry={() => void rest.refetch()}
          retrying={rest.isFetching}
        />
      )}
      <BodyView
        // Put together it is another text, with a form of its own.
        key={putTogether ? "complete" : "head"}
        text={putTogether ? complete : body.head}
        label={label}
        fileName={whole ? fileName : `first-part-${fileName}`}
      />
    </div>
  );
}

/** What of the body is shown, where the rest is, and what is nowhere. */
function CutNotice({
  body,
  complete,
  reading,
  onRead,
  href,
  fileName,
}: {
  body: StoredBody;
  complete: string | null;
  reading: boolean;
  onRead: () => void;
  href: string;
  fileName: string;
}): ReactNode {
  const headBytes = useMemo(() => formatBytes(byteLength(body.head)), [body.head]);
  const tooLong = complete !== null && complete.length > shownMaxCharacters;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-warn-soft px-4 py-2 text-table">
      <div className="min-w-0 flex-1 basis-64">
        {body.restSha256 === "" || (complete !== null && !tooLong) ? null : (
          <p>
            {tooLong
              ? `The recorded body has ${formatBytes(byteLength(complete))}: more than a page can show well. Its first ${headBytes} are below.`
              : `The first ${headBytes} are below; the rest is in a file of its own.`}
          </p>
        )}
        {body.restLost ? (
          <StatusMark
            state="degraded"
            label={`Only the first ${headBytes} were recorded: the file with the rest could not be written.`}
          />
        ) : null}
        {body.unkeptBytes === 0 ? null : (
          <p className="text-soft">
            <span title={`${exactCount(body.unkeptBytes)} bytes`}>{formatBytes(body.unkeptBytes)}</span> more
            were sent to the client and never recorded, since a record’s body has a limit.
          </p>
        )}
      </div>
      {body.restSha256 === "" ? null : (
        <span className="flex shrink-0 items-center gap-1">
          {complete === null ? (
            <Button size="small" onClick={onRead} disabled={reading}>
              {reading ? "Reading…" : "Show all of it"}
            </Button>
          ) : null}
          {tooLong ? (
            <Button
              size="small"
              onClick={() => downloadText({ text: complete, fileName, mediaType: "text/plain" })}
            >
              <Download /> Save all of it
            </Button>
          ) : null}
          {complete === null ? (
            <Button size="small" variant="ghost" asChild>
              <a href={href} download={`rest-of-${fileName}`}>
                <Download /> The rest as a file
              </a>
            </Button>
          ) : null}
        </span>
      )}
    </div>
  );
}
