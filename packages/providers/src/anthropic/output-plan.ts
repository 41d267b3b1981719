import type { JsonObject } from "../contract.ts";
import { textOf } from "../json.ts";
import type { OutputFormat } from "../translate/canonical.ts";
import type { ReceiptBook } from "../translate/receipt-book.ts";
import { isStrictSchema, structuredOutputTool } from "../translate/structured-output.ts";
import { canGuarantee, describeMoved, fitSchema } from "./fit-schema.ts";
import type { AnthropicModelTraits } from "./model-traits.ts";

export interface OutputPlan {
  /** Native structured output, when the model has it. */
  outputConfig: JsonObject;
  /** The tool whose call is the answer, when it has not. */
  tool: JsonObject | null;
  /** What the system prompt shall say besides; empty for nothing. */
  instruction: string;
}

const nothing: OutputPlan = { outputConfig: {}, tool: null, instruction: "" };

/** Chooses how a model is brought to answer in the format that the caller asks for. */
export function planOutput(
  format: OutputFormat | null,
  traits: AnthropicModelTraits,
  book: ReceiptBook,
): OutputPlan {
  if (format === null) return nothing;
  if (format.type === "json_object") {
    book.emulated(
      format.path,
      "Anthropic has no JSON mode without a schema; the system prompt asks for JSON.",
    );
    return {
      ...nothing,
      instruction: "Answer with one valid JSON object and nothing else: no explanation, no code fence.",
    };
  }
  // Native output closes every object, so that a free-form one could only be empty, and takes no recursion.
  if (traits.structuredOutput && (canGuarantee(format.schema) || !traits.forcedTools)) {
    return { ...nothing, outputConfig: { format: nativeFormat(format, book) } };
  }
  book.emulated(
    format.path,
    "The model is made to call a tool with this schema, and the call's arguments are the answer.",
  );
  const isObjectSchema = format.schema["type"] === "object";
  return {
    ...nothing,
    tool: {
      name: structuredOutputTool,
      description:
        format.description === "" ? "Gives the final answer in the form asked for." : format.description,
      input_schema: isObjectSchema ? format.schema : { ...format.schema, type: "object" },
    },
  };
}

function nativeFormat(format: OutputFormat & { type: "json_schema" }, book: ReceiptBook): JsonObject {
  const { schema, moved } = fitSchema(format.schema);
  const changes = [];
  if (!format.strict && !isStrictSchema(format.schema)) {
    changes.push("Anthropic always keeps to the schema, with every object closed.");
  }
  if (moved.length > 0) changes.push(describeMoved(moved));
  // A receipt keeps one sentence for a parameter, so both changes are told in one.
  if (changes.length > 0) book.rewritten(format.path, changes.join(" "));
  // The description is the only one of the fields beside the schema that the model would have read.
  const described = format.description !== "" && format.schema["description"] === undefined;
  const description = [format.description, textOf(schema["description"])].filter(Boolean).join("\n\n");
  return { type: "json_schema", schema: described ? { ...schema, description } : schema };
}
