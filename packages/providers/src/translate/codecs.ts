import { anthropicCodec } from "../anthropic/codec.ts";
import type { WireProtocol } from "../contract.ts";
import { openAiCodec } from "../openai/codec.ts";
import type { ProtocolCodec } from "./codec.ts";

/** Every protocol, each in its own folder. */
export const codecs: Readonly<Record<WireProtocol, ProtocolCodec>> = {
  openai: openAiCodec,
  anthropic: anthropicCodec,
};
