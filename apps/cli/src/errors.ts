/** A failure that a person can mend; `weir` prints it without a stack and ends with status 1. */
export class CliError extends Error {
  readonly code: string;
  readonly mend: string;

  constructor(options: { code: string; message: string; mend: string; cause?: unknown }) {
    super(options.message, { cause: options.cause });
    this.name = "CliError";
    this.code = options.code;
    this.mend = options.mend;
  }
}
