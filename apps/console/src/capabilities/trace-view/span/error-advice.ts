import type { SpanDetail } from "@weir/schema";

type FailedSpan = Pick<
  SpanDetail,
  "status" | "httpStatus" | "errorCode" | "provider" | "modelAsked" | "source" | "streamed" | "ttftMs"
>;

const byCode: readonly (readonly [RegExp, string])[] = [
  [
    /context_length|context window|prompt_too_long|too_long/,
    "Shorten the conversation or ask for a model with a larger context window.",
  ],
  [
    /content_filter|content_policy|safety/,
    "The provider's own filter refused it. Look at the last message, or use another model for such input.",
  ],
  [
    /insufficient_quota|billing|credit/,
    "The account at the provider is out of credit: top it up, or route this model to another provider.",
  ],
  [
    /rate_limit|too_many_requests|overloaded/,
    "Wait and send again with backoff; if it goes on, ask for a higher limit or spread the calls over providers.",
  ],
  [
    /stream_broken|stream_interrupted|upstream_closed|upstream_stream|incomplete/,
    "What arrived before the break is under Messages. Send the call again; if it repeats, check the network between Weir and the provider.",
  ],
  [
    /unreachable|connect|refused|dns|socket/,
    "Check that the provider's address in the configuration is right and can be reached from this machine (weir doctor).",
  ],
  [
    /model_not_found|unknown_model|no_such_model/,
    "Check the model's name against the list under Models; a provider/model name says which provider is meant.",
  ],
  [
    /provider_key|key_missing|invalid_api_key|authentication/,
    "Check the provider's key in Weir's configuration: it is absent, wrong or revoked.",
  ],
];

function adviceForStatus(span: FailedSpan): string {
  const { httpStatus } = span;
  const provider = span.provider === "" ? "the provider" : span.provider;
  if (httpStatus === 401 || httpStatus === 403) {
    return `Check the key that Weir uses for ${provider}, and that it may use ${span.modelAsked === "" ? "this model" : span.modelAsked}.`;
  }
  if (httpStatus === 404) return "Check the model's name and the provider's base URL in the configuration.";
  if (httpStatus === 408 || httpStatus === 504)
    return "The provider took too long. Send it again; for long answers, stream them.";
  if (httpStatus === 413)
    return "The request is larger than the limit. Send less, or raise the limit in the configuration.";
  if (httpStatus === 429) return "Wait and send again with backoff; if it goes on, ask for a higher limit.";
  if (httpStatus >= 500)
    return `The fault is on the side of ${provider}. Send it again; look at its status page if it goes on.`;
  if (httpStatus >= 400)
    return "The request was refused as it stands. The raw request and response say which field is meant.";
  return "";
}

/** One sentence on what to do about a failed or cancelled call; empty when nothing sensible can be said. */
export function adviceFor(span: FailedSpan): string {
  if (span.status === "cancelled") {
    return "If nobody pressed stop, the caller's timeout is shorter than the answer takes: raise it, or stream.";
  }
  if (span.status !== "error") return "";
  if (span.provider === "sim" && (span.httpStatus === 429 || span.httpStatus >= 500))
    return "Nothing to mend: the simulator failed because `error=` in the model's name asks it to.";
  const code = span.errorCode.toLowerCase();
  const known = byCode.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return known[1];
  if (span.source === "otlp" && span.httpStatus === 0)
    return "The application reported this error itself; its events may hold the stack.";
  return adviceForStatus(span);
}
