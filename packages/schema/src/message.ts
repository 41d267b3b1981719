import { z } from "zod";

/**
 * Conversation messages in the form of OpenTelemetry's `gen_ai.input.messages` and `gen_ai.output.messages`
 * (role and parts). This is the form that every console view and every later evaluation reads, whatever
 * protocol the call was made in.
 */
const textPartSchema = z.object({ type: z.literal("text"), content: z.string() });
const reasoningPartSchema = z.object({ type: z.literal("reasoning"), content: z.string() });
const toolCallPartSchema = z.object({
  type: z.literal("tool_call"),
  id: z.string(),
  name: z.string(),
  /**
   * Parsed arguments. Their text where they are not valid JSON, and where JavaScript would print a number of theirs
   * otherwise than it is written (`1.0`, a long id).
   */
  arguments: z.unknown(),
});
const toolResultPartSchema = z.object({
  type: z.literal("tool_call_response"),
  id: z.string(),
  response: z.unknown(),
  isError: z.boolean().optional(),
});
const mediaPartSchema = z.object({
  type: z.literal("media"),
  /** `image`, `audio`, `file` … */
  modality: z.string(),
  mediaType: z.string(),
  /** Either a URL of the caller's, `weir-blob:sha256/<64 hex digits>`, or a `data:` URL when small. */
  url: z.string(),
});
const otherPartSchema = z.object({ type: z.literal("other"), name: z.string(), value: z.unknown() });

export const messagePartSchema = z.discriminatedUnion("type", [
  textPartSchema,
  reasoningPartSchema,
  toolCallPartSchema,
  toolResultPartSchema,
  mediaPartSchema,
  otherPartSchema,
]);
export type MessagePart = z.infer<typeof messagePartSchema>;

export const messageSchema = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  parts: z.array(messagePartSchema),
  name: z.string().optional(),
  finishReason: z.string().optional(),
});
export type Message = z.infer<typeof messageSchema>;

/** A tool that the caller offered to the model. */
export const toolDefinitionSchema = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.unknown(),
});
export type ToolDefinition = z.infer<typeof toolDefinitionSchema>;

/** One translated, emulated or dropped parameter; a receipt is a list of these. */
export const receiptItemSchema = z.object({
  action: z.enum(["dropped", "emulated", "rewritten"]),
  /** JSON path of the caller's parameter, e.g. `logit_bias`, `messages[2].content[0].image_url.detail`. */
  parameter: z.string(),
  /** One sentence: why, and what was done instead. */
  detail: z.string(),
});
export type ReceiptItem = z.infer<typeof receiptItemSchema>;
