import type { JsonObject, RequestFacts } from "@weir/providers";
import type { Call } from "../call.ts";
import type { Resolution } from "../snapshot/resolve-model.ts";
import { mustAskForUsage } from "./asked-usage.ts";
import { applyEdits, findMembers, findObjectEnd, type Edit } from "./json-surgery.ts";

/** A body for a provider that speaks the caller's protocol. */
export interface PassedBody {
  body: Buffer;
  /** Usage was asked for although the caller did not: the chunk that brings it must not reach the caller. */
  stripUsage: boolean;
}

const usageAsked = '"stream_options":{"include_usage":true}';

/**
 * The edits that make an OpenAI stream report its usage: without them a stream has none, and nobody would know
 * what it cost.
 */
function usageEdits(body: Buffer, options: unknown, members: ReturnType<typeof findMembers>): Edit[] {
  const present = members.filter((member) => member.name === "stream_options");
  if (present.length > 0) {
    const asked = typeof options === "object" && options !== null && !Array.isArray(options) ? options : {};
    const text = JSON.stringify({ ...asked, include_usage: true });
    return present.map((member) => ({ ...member.range, text }));
  }
  const { index, empty } = findObjectEnd(body);
  return [{ start: index, end: index, text: empty ? usageAsked : `,${usageAsked}` }];
}

/**
 * Leaves a body as it is when it can be left so. Where the provider's name stands before the model's, only the
 * bytes of that string change; the body is never written anew.
 */
export function passBody(options: {
  call: Call;
  body: Buffer;
  parsed: JsonObject;
  facts: RequestFacts;
  resolution: Resolution;
}): PassedBody {
  const { call, body, parsed, facts, resolution } = options;
  const { model } = resolution;
  const askUsage =
    call.protocol === "openai" &&
    call.operation === "chat" &&
    facts.stream &&
    !facts.includeUsage &&
    mustAskForUsage(resolution);
  const rename = facts.model !== model;
  if (!askUsage && !rename) return { body, stripUsage: false };
  const members = findMembers(body, ["model", "stream_options"]);
  const edits: Edit[] = askUsage ? usageEdits(body, parsed.stream_options, members) : [];
  if (rename) {
    const text = JSON.stringify(model);
    for (const { name, range } of members) if (name === "model") edits.push({ ...range, text });
  }
  return { body: applyEdits(body, edits), stripUsage: askUsage };
}
