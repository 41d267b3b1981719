/** A request that cannot be read as OTLP at all. `status` is the HTTP status that the specification asks for. */
export class OtlpError extends Error {
  override readonly name = "OtlpError";
  readonly code: string;
  readonly status: number;

  constructor(options: { code: string; status: number; message: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
  }
}

export const otlpErrors = {
  contentType: (contentType: string) =>
    new OtlpError({
      code: "otlp_content_type",
      status: 415,
      message: `OTLP comes as application/x-protobuf or application/json, not as ${JSON.stringify(contentType)}. Set the exporter's content-type header.`,
    }),
  malformed: (encoding: string, cause: unknown) =>
    new OtlpError({
      code: "otlp_malformed",
      status: 400,
      message: `The body is no ExportTraceServiceRequest in ${encoding}. Check that the exporter sends traces in the encoding that its content-type names.`,
      cause,
    }),
};
