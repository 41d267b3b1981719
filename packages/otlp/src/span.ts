/**
 * A value of an OpenTelemetry attribute; 64-bit integers beyond JavaScript's, NaN and the infinities are kept as text,
 * bytes as base64.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [name: string]: AttributeValue };

export type Attributes = Map<string, AttributeValue>;

export interface OtlpEvent {
  name: string;
  /** 0 where the sender gave no time, NaN where what it gave is none. */
  atMs: number;
  attributes: Attributes;
}

export interface OtlpLink {
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

/** A span as it came, in either encoding; ids are lower-case hex of whatever length was sent. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** As an event's `atMs`; the refusal names both. */
  startMs: number;
  endMs: number;
  attributes: Attributes;
  events: OtlpEvent[];
  links: OtlpLink[];
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  /** Attributes, events and links that the sender itself left out. */
  droppedCount: number;
}

/** Spans of one instrumentation scope of one resource. */
export interface OtlpSpanGroup {
  resource: Attributes;
  scopeName: string;
  scopeVersion: string;
  spans: OtlpSpan[];
}

export function emptySpan(): OtlpSpan {
  return {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    name: "",
    startMs: 0,
    endMs: 0,
    attributes: new Map(),
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: "",
    droppedCount: 0,
  };
}
