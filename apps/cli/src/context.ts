/** What every command is given: the environment, and where its words go. */
export interface CommandContext {
  variables: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  print: (text: string) => void;
  printError: (text: string) => void;
}
