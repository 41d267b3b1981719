import { z } from "zod";

/**
 * Expressions that several queries must agree on, so that a figure on one screen and the rows behind it on another
 * are the same.
 */

/** The kinds of span that are calls of a model: only they have tokens and cost that count. */
export const isCall = "kind IN ('generation', 'embedding')";

const modelAskedPlain =
  "if(startsWith(model_asked, concat(provider, '/')), substring(model_asked, length(provider) + 2), model_asked)";

/**
 * The model that was asked for, without the provider's name before a slash. The simulator's settings are written
 * behind its model's name; they make no model of their own.
 */
const modelAskedAlone = `if(provider = 'sim', cutQueryString(${modelAskedPlain}), ${modelAskedPlain})`;

/**
 * The one name under which a call's model is listed and summed: the one asked for, because a call that failed has
 * no other; the one that answered where an application reported only that.
 */
export const modelName = `if(model_asked = '', model_answered, ${modelAskedAlone})`;

/** Every name by which a call's model may be looked for. */
export const modelNames: readonly string[] = [modelAskedAlone, "model_asked", "model_answered"];

/** ClickHouse's text of an instant, `2026-11-21 00:04:24.000000`, as ISO 8601. */
export const instantSchema = z.string().transform((text) => `${text.replace(" ", "T")}Z`);
