export { createOtlpIngest } from "./ingest.ts";
export type { OtlpExport, OtlpIngest, OtlpIngested, OtlpIngestOptions } from "./ingest.ts";
export { encodeError, encodeResponse } from "./encode-response.ts";
export type { OtlpResponse } from "./encode-response.ts";
export { OtlpError } from "./errors.ts";
export { defaultOtlpLimits } from "./limits.ts";
export type { OtlpLimits } from "./limits.ts";
