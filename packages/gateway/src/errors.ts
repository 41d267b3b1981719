/** Who must act so that an error does not come back; the counters are kept by this. */
export type Blame = "caller" | "auth" | "upstream" | "gateway";

/**
 * Everything that the gateway itself can answer with instead of a model's answer: a stable code, the HTTP
 * status and a sentence that says what to do. Made only by `gatewayErrors`, below.
 */
export class GatewayError extends Error {
  readonly code: string;
  readonly status: number;
  readonly blame: Blame;
  /** JSON path of the field at fault; empty for none. */
  readonly parameter: string;
  /** Headers that belong to the answer, e.g. `allow`. */
  readonly headers: { readonly [name: string]: string };

  constructor(options: {
    code: string;
    status: number;
    blame: Blame;
    message: string;
    parameter?: string;
    headers?: { readonly [name: string]: string };
    cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GatewayError";
    this.code = options.code;
    this.status = options.status;
    this.blame = options.blame;
    this.parameter = options.parameter ?? "";
    this.headers = options.headers ?? {};
  }
}

const caller = (status: number, code: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError({ status, code, message, blame: "caller", cause });
/** The caller's own words, at a field that can be named. */
const field = (options: {
  status: number;
  code: string;
  parameter: string;
  message: string;
  cause?: unknown;
}) => new GatewayError({ ...options, blame: "caller" });
const auth = (code: string, message: string): GatewayError =>
  new GatewayError({ status: 401, code, message, blame: "auth" });
const upstream = (status: number, code: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError({ status, code, message, blame: "upstream", cause });
const gateway = (status: number, code: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError({ status, code, message, blame: "gateway", cause });

const sentenceOf = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/** The catalogue: one function per error, so that its code, status and words stand in one place. */
export const gatewayErrors = {
  keyMissing: () =>
    auth(
      "key_missing",
      "No key was sent. Send a Weir project key as `Authorization: Bearer weir_...` or as `x-api-key`.",
    ),
  keyInvalid: () =>
    auth(
      "key_invalid",
      "The key is not one of this Weir's project keys. Copy it again from the console's quickstart, or make one with `weir key create`.",
    ),
  keyRevoked: (key: { name: string; revokedAt: string }) =>
    auth(
      "key_revoked",
      `The key "${key.name}" was revoked at ${key.revokedAt}. Make a new one with \`weir key create\` and use that.`,
    ),

  routeUnknown: (path: string) =>
    caller(
      404,
      "route_unknown",
      `There is no ${path} here. Weir serves POST /v1/chat/completions, /v1/embeddings, /v1/messages, /v1/messages/count_tokens, /v1/traces and GET /v1/models.`,
    ),
  /** Base URLs with a `/v1` or a slash too many or too few are the commonest slip of all. */
  baseUrlWrong: (options: { path: string; right: string }) =>
    caller(
      404,
      "base_url_wrong",
      `There is no ${options.path} here; you mean ${options.right}. Set the base URL to http://host:port/v1 for OpenAI clients and to http://host:port for Anthropic clients.`,
    ),
  baseUrlAlone: (path: string) =>
    caller(
      404,
      "base_url_wrong",
      `There is nothing at ${path} itself: it is where a base URL ends, and a client adds the rest, e.g. /v1/chat/completions. Set the base URL to http://host:port/v1 for OpenAI clients and to http://host:port for Anthropic clients.`,
    ),
  methodNotAllowed: (options: { method: string; path: string; allow: string }) =>
    new GatewayError({
      status: 405,
      code: "method_not_allowed",
      blame: "caller",
      message: `${options.method} is not allowed on ${options.path}. Use ${options.allow}.`,
      headers: { allow: options.allow },
    }),
  upgradeRefused: () =>
    caller(
      501,
      "upgrade_not_supported",
      "Weir speaks plain HTTP here and does not switch to another protocol. Call it without an `Upgrade` header.",
    ),

  bodyTooLarge: (maxBytes: number) =>
    caller(
      413,
      "body_too_large",
      `The request body is larger than ${maxBytes} bytes. Send less, or raise the limit requestBodyMaxBytes in weir.yaml.`,
    ),
  bodyEmpty: () => caller(400, "body_empty", "The request has no body. Send a JSON object."),
  bodyNotUtf8: () =>
    caller(400, "body_not_utf8", "The request body is not valid UTF-8. Encode the JSON as UTF-8."),
  bodyNotJson: (options: { reason: string; cause: unknown }) =>
    caller(
      400,
      "body_not_json",
      `The request body is not valid JSON: ${options.reason}. Mend the JSON and send it again.`,
      options.cause,
    ),
  bodyNotObject: (found: string) =>
    caller(
      400,
      "body_not_object",
      `The request body is ${found}. Send a JSON object, e.g. {"model":"...","messages":[...]}.`,
    ),
  bodyTooDeep: (levelsMax: number) =>
    caller(
      400,
      "body_too_deep",
      `The request body is nested deeper than ${levelsMax} levels, too deep to be translated. Nest it less, or choose a model whose provider speaks your protocol.`,
    ),
  bodyEncodingUnknown: (encoding: string) =>
    caller(
      415,
      "body_encoding_unknown",
      `The content-encoding "${encoding}" is not supported. Use gzip, deflate, br, zstd or none.`,
    ),
  bodyNotDecodable: (options: { encoding: string; cause: unknown }) =>
    caller(
      400,
      "body_not_decodable",
      `The request body is not what its content-encoding "${options.encoding}" says. Compress it again or drop the header.`,
      options.cause,
    ),
  requestTimeout: (options: { part: string; limit: "headersTimeoutMs" | "requestTimeoutMs"; ms: number }) =>
    caller(
      408,
      "request_timeout",
      `The ${options.part} did not arrive whole within ${options.ms} ms. Send it faster, or raise the limit ${options.limit} in weir.yaml.`,
    ),
  headersTooLarge: (maxBytes: number) =>
    caller(
      431,
      "headers_too_large",
      `The request headers are larger than ${maxBytes} bytes. Send fewer or shorter headers.`,
    ),
  requestMalformed: (cause: unknown) =>
    caller(
      400,
      "request_malformed",
      "This is not a well-formed HTTP request. Check the client or the proxy in front of Weir.",
      cause,
    ),
  clientClosed: () =>
    caller(499, "client_closed", "The client closed the connection before the answer was whole."),

  fieldMissing: (options: { field: string; example: string }) =>
    field({
      status: 400,
      code: "field_missing",
      parameter: options.field,
      message: `"${options.field}" is missing. Add it, e.g. ${options.example}.`,
    }),
  fieldInvalid: (options: { field: string; expected: string; found: string }) =>
    field({
      status: 400,
      code: "field_invalid",
      parameter: options.field,
      message: `"${options.field}" must be ${options.expected}, but it is ${options.found}.`,
    }),
  /** A fault that the translation found; its code says which, its words how to mend it. */
  requestUntranslatable: (options: { code: string; message: string; parameter: string; cause: unknown }) =>
    field({ status: 400, ...options }),
  translationRefused: (options: { provider: string; changes: string }) =>
    caller(
      400,
      "translation_refused",
      `Strict mode refuses this call, because serving it with "${options.provider}" would change it: ${options.changes}. Leave these out, choose another model, or send without x-weir-strict.`,
    ),

  modelUnknown: (options: {
    model: string;
    /** What stands before the slash and is no provider's name; empty for none. */
    strangeProvider: string;
    nearest: readonly string[];
    /** Whether any provider has a model at all. */
    anyKnown: boolean;
  }) => {
    const { model, strangeProvider, nearest, anyKnown } = options;
    const reason = strangeProvider === "" ? "" : `: no provider is called "${strangeProvider}"`;
    const mend =
      nearest.length > 0
        ? `Nearest: ${sentenceOf(nearest)}. GET /v1/models lists all; "provider/model" passes any name to that provider.`
        : anyKnown
          ? 'No known name is near it: GET /v1/models lists all, and "provider/model" passes any name to that provider.'
          : 'No provider is configured that could have it. Set a provider\'s key (e.g. OPENAI_API_KEY) or use "sim/echo".';
    return field({
      status: 404,
      code: "model_not_found",
      parameter: "model",
      message: `The model "${model}" is not known${reason}. ${mend}`,
    });
  },
  modelAmbiguous: (options: { model: string; choices: readonly string[] }) =>
    field({
      status: 400,
      code: "model_ambiguous",
      parameter: "model",
      message: `Several providers have the model "${options.model}". Say which one: ${sentenceOf(options.choices)}.`,
    }),
  operationUnsupported: (options: { operation: string; provider: string; mend: string }) =>
    caller(
      400,
      "operation_unsupported",
      `The provider "${options.provider}" has no ${options.operation}. ${options.mend}`,
    ),
  providerKeyMissing: (options: { provider: string; keyHint: string }) =>
    gateway(
      503,
      "provider_key_missing",
      `The provider "${options.provider}" has no key. Set ${options.keyHint} and restart Weir, or choose another provider's model.`,
    ),
  providerMisconfigured: (options: { provider: string; baseUrl: string }) =>
    gateway(
      503,
      "provider_misconfigured",
      `The base URL "${options.baseUrl}" of the provider "${options.provider}" is not an http(s) URL. Mend it in weir.yaml or in the environment.`,
    ),

  upstreamUnreachable: (options: { provider: string; reason: string; cause: unknown }) =>
    upstream(
      502,
      "upstream_unreachable",
      `The provider "${options.provider}" could not be reached (${options.reason}). Check its base URL and that it is up, then try again.`,
      options.cause,
    ),
  upstreamTimeout: (options: { provider: string; waitedMs: number; cause: unknown }) =>
    upstream(
      504,
      "upstream_timeout",
      `The provider "${options.provider}" did not answer within ${options.waitedMs} ms. Try again, or raise its timeoutMs in weir.yaml.`,
      options.cause,
    ),
  upstreamStalled: (options: { provider: string; waitedMs: number; cause: unknown }) =>
    upstream(
      504,
      "upstream_stalled",
      `The provider "${options.provider}" sent nothing for ${options.waitedMs} ms in the middle of its answer, so the answer is not whole. Try again, or raise upstreamIdleTimeoutMs.`,
      options.cause,
    ),
  upstreamBroken: (options: { provider: string; reason: string; cause?: unknown }) =>
    upstream(
      502,
      "upstream_broken",
      `The provider "${options.provider}" broke off before its answer was whole (${options.reason}). What came so far is incomplete; try again.`,
      options.cause,
    ),
  upstreamEmpty: (provider: string) =>
    upstream(502, "upstream_empty", `The provider "${provider}" answered with no content. Try again.`),
  /** What the provider itself reported, in its own words. */
  upstreamReported: (reported: { code: string; message: string } | null) =>
    upstream(
      502,
      reported?.code || "upstream_error",
      reported?.message || "The provider reported an error instead of an answer. Try again.",
    ),
  upstreamUnreadable: (options: { provider: string; reason: string; cause?: unknown }) =>
    upstream(
      502,
      "upstream_unreadable",
      `The answer of the provider "${options.provider}" could not be read: ${options.reason}. Check that its base URL points to an API of its protocol.`,
      options.cause,
    ),
  upstreamRedirect: (options: { provider: string; status: number }) =>
    upstream(
      502,
      "upstream_redirect",
      `The provider "${options.provider}" answered with a redirect (${options.status}), which Weir does not follow with a secret in hand. Put the final base URL in the configuration.`,
    ),
  upstreamTooLarge: (options: { provider: string; maxBytes: number }) =>
    upstream(
      502,
      "upstream_too_large",
      `The answer of the provider "${options.provider}" is larger than ${options.maxBytes} bytes, too large to translate. Call it in its own protocol.`,
    ),
  simulatorFailed: (cause: unknown) =>
    gateway(
      500,
      "simulator_failed",
      "The simulator broke. This is a fault in Weir; please report it with the trace id.",
      cause,
    ),

  recordsUnwritten: () =>
    gateway(
      503,
      "records_unwritten",
      "Weir could not write these spans (its disk or its spool is full), so it does not take them. See `weir doctor`; exporters try again by themselves.",
    ),
  shuttingDown: () =>
    gateway(
      503,
      "shutting_down",
      "Weir is shutting down and could not wait any longer for this call. Try again in a moment.",
    ),
  controlAway: (cause: unknown) =>
    gateway(
      503,
      "control_away",
      "The control server is not answering, so the console and the API are away; model calls are still served. See `weir status`, or try again in a moment.",
      cause,
    ),
  internal: (cause: unknown) =>
    gateway(
      500,
      "internal_error",
      "Weir failed to handle this call. This is a fault in Weir; please report it with the trace id.",
      cause,
    ),
} as const;
