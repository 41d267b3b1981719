/** Ways in which a simulated call may fail. `event` and `cut` break a stream in the middle. */
const failureKinds = ["http_500", "http_429", "overloaded", "event", "cut"] as const;
export type FailureKind = (typeof failureKinds)[number];

/** What `sim/chat?…` and `sim/echo?…` were told to do. */
export interface SimulatorParameters {
  name: "chat" | "echo";
  /** Milliseconds to the first token. */
  ttft: number;
  /** Length of the answer. */
  tokens: number;
  /** Tokens per second; 0 does not wait at all. */
  rate: number;
  /** Tokens of reasoning before the answer. */
  reasoning: number;
  /** Share of the calls that fail, from 0 to 1. */
  error: number;
  /** How they fail; `any` is each kind in turn of the dice. */
  failure: FailureKind | "any";
  seed: number;
}

interface NumberParameter {
  min: number;
  max: number;
  whole: boolean;
  meaning: string;
}

const numberParameters = {
  ttft: { min: 0, max: 600_000, whole: false, meaning: "milliseconds to the first token" },
  tokens: { min: 1, max: 100_000, whole: true, meaning: "tokens of the answer" },
  rate: { min: 0, max: 1_000_000, whole: false, meaning: "tokens per second, 0 for no pause" },
  reasoning: { min: 0, max: 100_000, whole: true, meaning: "tokens of reasoning before the answer" },
  error: { min: 0, max: 1, whole: false, meaning: "share of the calls that fail" },
  seed: { min: 0, max: 4_294_967_295, whole: true, meaning: "start of everything that is drawn by lot" },
} satisfies Record<string, NumberParameter>;
type NumberName = keyof typeof numberParameters;

const chatDefaults: SimulatorParameters = {
  name: "chat",
  ttft: 100,
  tokens: 64,
  rate: 100,
  reasoning: 0,
  error: 0,
  failure: "any",
  seed: 0,
};
const echoDefaults: SimulatorParameters = { ...chatDefaults, name: "echo", ttft: 0, rate: 0 };

export type ParsedModel =
  | { parameters: SimulatorParameters; problem?: undefined }
  | { parameters?: undefined; problem: { status: 400 | 404; message: string } };

/** Reads `chat?ttft=200&tokens=120`; unknown names and values out of range are refused, never ignored. */
export function parseSimulatorModel(model: string): ParsedModel {
  const text = model.startsWith("sim/") ? model.slice(4) : model;
  const [name = "", query = ""] = splitOnce(text);
  if (name !== "chat" && name !== "echo") {
    return refuse(404, `The simulator has no model ${JSON.stringify(name)}. It has sim/chat and sim/echo.`);
  }
  const parameters = { ...(name === "chat" ? chatDefaults : echoDefaults) };
  const seen = new Set<string>();
  for (const [parameter, value] of new URLSearchParams(query)) {
    if (seen.has(parameter)) return refuse(400, `sim/${name} got the parameter ${parameter} twice.`);
    seen.add(parameter);
    const problem = setParameter(parameters, { parameter, value });
    if (problem !== "") return refuse(400, problem);
  }
  return { parameters };
}

function splitOnce(text: string): [string, string] {
  const question = text.indexOf("?");
  return question === -1 ? [text, ""] : [text.slice(0, question), text.slice(question + 1)];
}

function refuse(status: 400 | 404, message: string): ParsedModel {
  return { problem: { status, message } };
}

function setParameter(parameters: SimulatorParameters, given: { parameter: string; value: string }): string {
  const { parameter, value } = given;
  const name = parameters.name;
  // An echo is as long as what it repeats.
  const isKnown = isNumberName(parameter) && !(name === "echo" && parameter === "tokens");
  if (isKnown) {
    const allowed: NumberParameter = numberParameters[parameter];
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    const fits =
      number >= allowed.min && number <= allowed.max && (!allowed.whole || Number.isInteger(number));
    if (!fits) {
      const kind = allowed.whole ? "a whole number" : "a number";
      return `sim/${name}: ${parameter} must be ${kind} from ${allowed.min} to ${allowed.max} (${allowed.meaning}), not ${JSON.stringify(value)}.`;
    }
    parameters[parameter] = number;
    return "";
  }
  if (parameter === "failure") {
    const kind = failureKinds.find((candidate) => candidate === value);
    if (kind === undefined && value !== "any") {
      return `sim/${name}: failure must be any, ${failureKinds.join(", ")}, not ${JSON.stringify(value)}.`;
    }
    parameters.failure = kind ?? "any";
    return "";
  }
  return `sim/${name} has no parameter ${JSON.stringify(parameter)}. It has ${namesOf(name).join(", ")}.`;
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(numberParameters, name);
}

function namesOf(name: "chat" | "echo"): string[] {
  const names = [...Object.keys(numberParameters), "failure"];
  return name === "echo" ? names.filter((parameter) => parameter !== "tokens") : names;
}
