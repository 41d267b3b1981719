/** Every limit of the data plane with its unit in its name. Configuration may lower or raise each. */
export const defaultLimits = {
  /** Largest request body, after decompression. */
  requestBodyMaxBytes: 32 * 1024 * 1024,
  /** Largest header block that Node accepts. */
  headerMaxBytes: 32 * 1024,
  /** How long a client may take to send its headers, and then its whole request. */
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 120_000,
  /** How long a client may leave its answer unread before it is given up. */
  clientIdleTimeoutMs: 120_000,
  /** How long an upstream may stay silent before its first byte, and between two chunks. */
  upstreamHeadersTimeoutMs: 300_000,
  upstreamIdleTimeoutMs: 120_000,
  /** Longest raw response kept on a row; the rest of it becomes a blob file. */
  rawResponseMaxBytes: 1024 * 1024,
  /** A response's bytes beyond this pass by without being recorded, and are too many to be translated. */
  recordedResponseMaxBytes: 64 * 1024 * 1024,
  /** Media of at least this size leave the row for content-addressed files. */
  inlineMediaMaxBytes: 8 * 1024,
  /** Characters of a preview. */
  previewMaxCharacters: 200,
  /** Unshipped segments beyond this stop recording; calls go on and readiness says so. */
  spoolMaxBytes: 4 * 1024 * 1024 * 1024,
  /** A segment is sealed at this size or this age. */
  segmentMaxBytes: 8 * 1024 * 1024,
  segmentMaxAgeMs: 250,
  /** How long in-flight calls may go on after SIGTERM. */
  drainTimeoutMs: 30_000,
  tagsMax: 32,
  metadataMax: 64,
  metadataValueMaxCharacters: 1024,
} as const;

export type Limits = { readonly [name in keyof typeof defaultLimits]: number };
