/** One thing wrong with the configuration, where it is, and how to mend it. */
export interface ConfigProblem {
  /** `weir.yaml:12:5`, or the name of an environment variable. */
  where: string;
  /** What is wrong and what to do, as sentences. */
  message: string;
}

/** Everything that is wrong with the configuration, found in one reading. */
export class ConfigError extends Error {
  readonly code = "invalid_configuration";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.where}: ${problem.message}`).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
