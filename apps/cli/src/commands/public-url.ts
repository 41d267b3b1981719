import { z } from "zod";

const timeoutMs = 5_000;
const readySchema = z.looseObject({ startedAt: z.string() });

/** How the address that people are told leads to the Weir that runs here; `problem` is empty when it does. */
export interface PublicUrlFinding {
  detail: string;
  problem: "" | "unreachable" | "elsewhere";
  mend: string;
}

/**
 * Asks the public URL as anybody would, without a key, and looks whether it is this Weir that answers: `/readyz` says
 * to the millisecond when a Weir was started.
 */
export async function examinePublicUrl(options: {
  publicUrl: string;
  startedAt: string;
}): Promise<PublicUrlFinding> {
  const { publicUrl } = options;
  let response: Response;
  try {
    response = await fetch(`${publicUrl}/readyz`, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    return {
      problem: "unreachable",
      detail: `${publicUrl} does not answer this machine: ${reasonOf(error)}.`,
      mend: "Check the proxy, its name and its certificate; or server.publicUrl, when the address is another.",
    };
  }
  const text = await response.text().catch(() => "");
  if (startedAtIn(text) === options.startedAt) {
    return { problem: "", detail: `${publicUrl} leads here.`, mend: "" };
  }
  return {
    problem: "elsewhere",
    detail: `${publicUrl} answers ${response.status}, and not as this Weir.`,
    mend: "Let the proxy pass every path on to Weir unchanged; or mend server.publicUrl, when the address is another.",
  };
}

function startedAtIn(text: string): string | null {
  try {
    return readySchema.safeParse(JSON.parse(text)).data?.startedAt ?? null;
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `nothing within ${timeoutMs / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
}
