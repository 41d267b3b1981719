import { z } from "zod";

type Path = readonly PropertyKey[];

/** The schema inside defaults, options and conversions: what a person has to write. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}

/** The schema of the field at `path`; undefined for a field that there is none for. */
function schemaAt(schema: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
  return inner instanceof z.ZodObject ? schemaAt(inner.shape[String(key)], rest) : undefined;
}

/** The names of the fields at `path`; none where there are no fields. */
export function fieldsAt(schema: z.ZodType, path: Path): string[] {
  const found = unwrap(schemaAt(schema, path));
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** True when the field at `path` may be left out. */
export function isOptionalAt(schema: z.ZodType, path: Path): boolean {
  const found = schemaAt(schema, path);
  return found instanceof z.ZodType && path.length > 0 && found.safeParse(undefined).success;
}

/** What belongs at `path`, as words that go on after "must be": `a whole number from 1 to 200`. */
export function describeAt(schema: z.ZodType, path: Path): string {
  return describe(schemaAt(schema, path));
}

function describe(schema: unknown): string {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodString) return describeText(inner);
  if (inner instanceof z.ZodNumber) return describeNumber(inner);
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodEnum) return oneOf(inner.options);
  if (inner instanceof z.ZodLiteral) return oneOf([...inner.values]);
  if (inner instanceof z.ZodUnion) return inner.options.map(describe).join(" or ");
  if (inner instanceof z.ZodArray) return `a list, each item ${describe(inner.element)}`;
  if (inner instanceof z.ZodRecord) return `an object, each value ${describe(inner.valueType)}`;
  if (inner instanceof z.ZodObject) return `an object with the fields ${Object.keys(inner.shape).join(", ")}`;
  if (inner instanceof z.ZodUndefined) return "left out";
  return "a value that this field can hold";
}

function oneOf(values: readonly unknown[]): string {
  const [only, ...others] = values;
  return others.length === 0 ? String(only) : `one of ${values.map(String).join(", ")}`;
}

function describeText(schema: z.ZodString): string {
  // A pattern says in words of its own what it wants, which a text that fits no pattern brings out.
  const misfit = schema.safeParse("\0", { error: () => "" });
  const own = misfit.error?.issues.find(({ message }) => message !== "")?.message;
  if (own !== undefined) return own;
  const { minLength, maxLength } = schema;
  const least = minLength ?? 0;
  if (maxLength !== null) {
    return least > 0
      ? `text of ${least} to ${maxLength} characters`
      : `text of at most ${maxLength} characters`;
  }
  if (least === 1) return "text that is not empty";
  return least > 1 ? `text of at least ${least} characters` : "text";
}

function describeNumber(schema: z.ZodNumber): string {
  const kind = schema.isInt ? "a whole number" : "a number";
  const least = schema.minValue ?? -Infinity;
  const most = schema.maxValue ?? Infinity;
  // Whole numbers end of themselves where a double no longer tells them apart, which is no limit to tell people.
  const from = least > Number.MIN_SAFE_INTEGER;
  const to = most < Number.MAX_SAFE_INTEGER;
  // A bound may be the first number that is too small: `positive()` has 0.
  const first = schema.isInt && from && !schema.safeParse(least).success ? least + 1 : least;
  const last = schema.isInt && to && !schema.safeParse(most).success ? most - 1 : most;
  if (from && to) return `${kind} from ${first} to ${last}`;
  if (from) return `${kind} of ${first} or more`;
  return to ? `${kind} of ${last} or less` : kind;
}
