import { homedir } from "node:os";
import { join } from "node:path";

/** What every command is given: the environment, and where its words go. */
export interface CommandContext {
  variables: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  print: (text: string) => void;
  printError: (text: string) => void;
}

const pathVariables = ["WEIR_HOME", "WEIR_CONFIG"];

/**
 * The environment with `~` and `~/…` in its paths made whole. A shell does that, but the environment files of
 * Docker and systemd do not, and a folder called `~` would hold the state unseen.
 */
export function withWholePaths(variables: CommandContext["variables"]): CommandContext["variables"] {
  const home = variables["HOME"] || homedir();
  const whole = pathVariables.flatMap((name) => {
    const path = variables[name];
    return path === "~" || path?.startsWith("~/") ? [[name, join(home, path.slice(1))]] : [];
  });
  return { ...variables, ...Object.fromEntries(whole) };
}
