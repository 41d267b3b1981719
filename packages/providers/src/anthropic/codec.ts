import type { ProtocolCodec } from "../translate/codec.ts";
import { errorBody, errorEvent, readError } from "./error-shape.ts";
import { readRequest } from "./request-reader.ts";
import { writeRequest } from "./request-writer.ts";
import { readResponse } from "./response-reader.ts";
import { writeResponse } from "./response-writer.ts";
import { createStreamReader } from "./stream-reader.ts";
import { createStreamWriter } from "./stream-writer.ts";

/** Anthropic messages. */
export const anthropicCodec: ProtocolCodec = {
  protocol: "anthropic",
  title: "Anthropic messages",
  readRequest,
  writeRequest,
  readResponse,
  writeResponse,
  createStreamReader,
  createStreamWriter,
  errorBody,
  errorEvent,
  readError,
};
