export interface ServerSentEvent {
  /** Position in the stream, from 0. */
  index: number;
  /** The `event:` field; empty when the stream names none. */
  event: string;
  id: string;
  data: string;
  /** False for a last event that no blank line ended: the stream broke off there, or was cut when stored. */
  complete: boolean;
}

/** Whether a stored body is an event stream: its first line that is not empty begins as one of an event's fields. */
export function isEventStream(text: string): boolean {
  return /^\uFEFF?\s*(?:data|event|id|retry)?:/.test(text.slice(0, 512));
}

/** Splits an event stream as the HTML standard reads it: any line end, comments ignored, data lines joined. */
export function splitEvents(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let event = "";
  let id = "";
  let data: string[] = [];
  const close = (complete: boolean): void => {
    if (data.length > 0 || event !== "")
      events.push({ index: events.length, event, id, data: data.join("\n"), complete });
    event = "";
    id = "";
    data = [];
  };
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    if (line === "") {
      close(true);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  }
  close(false);
  return events;
}
