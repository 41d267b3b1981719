/** What ClickHouse's HTTP interface answers when a statement fails. */
export class EngineException extends Error {
  readonly exceptionCode: number;
  readonly status: number;

  constructor(options: { exceptionCode: number; message: string; status?: number; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "EngineException";
    this.exceptionCode = options.exceptionCode;
    this.status = options.status ?? statusOf(options.exceptionCode);
  }
}

const notFound = new Set([46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 336, 456]);
const badRequest = new Set([
  6, 25, 26, 27, 33, 36, 38, 41, 43, 53, 62, 69, 70, 72, 117, 130, 131, 349, 376, 386, 467,
]);

function statusOf(code: number): number {
  if (notFound.has(code)) return 404;
  if (badRequest.has(code)) return 400;
  if (code === 48) return 501;
  if (code === 159) return 408;
  if (code === 164 || code === 497) return 403;
  if (code === 209) return 504;
  if (code === 223) return 413;
  return 500;
}

/** An exception of our own in ClickHouse's form. */
export function makeException(options: {
  code: number;
  name: string;
  text: string;
  status?: number;
}): EngineException {
  return new EngineException({
    exceptionCode: options.code,
    message: `Code: ${options.code}. DB::Exception: ${options.text}. (${options.name})`,
    ...(options.status === undefined ? {} : { status: options.status }),
  });
}

/** Reads the code that the engine's message begins with. */
export function asEngineException(error: unknown): EngineException {
  if (error instanceof EngineException) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = Number(/Code: (\d+)\./.exec(message)?.[1] ?? 0);
  if (code === 0) {
    return new EngineException({
      exceptionCode: 1001,
      message: `Code: 1001. DB::Exception: ${message}. (STD_EXCEPTION)`,
      cause: error,
    });
  }
  return new EngineException({ exceptionCode: code, message, cause: error });
}

/** Nobody outside has to know that an insert's data lay in a file meanwhile. */
export function forgetFile(exception: EngineException): EngineException {
  const { exceptionCode, status, message } = exception;
  return new EngineException({
    exceptionCode,
    status,
    message: message
      .replace(/^(Code: \d+\. DB::Exception: )\1/, "$1")
      .replace(/\(in file\/uri [\s\S]*?\.body\): /, "")
      .replace(": While executing File: data for INSERT was parsed from file", ""),
    cause: exception,
  });
}
