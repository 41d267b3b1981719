import { stat } from "node:fs/promises";
import { join } from "node:path";

/** How the clock is, as far as it can be known. */
export interface ClockFinding {
  check: "clock";
  level: "ok" | "warning" | "error";
  detail: string;
  mend: string;
}

const skewMaxMs = 30_000;
const answerTimeoutMs = 5_000;
const mend = "Set the clock, best with NTP; records carry this machine's time.";

/** What has been written most recently where Weir runs, and so cannot lie in the future. */
const lastWritten = ["run/endpoint.json", "snapshot.json", "log/weir.log", "lock"];

/**
 * Compares this machine's clock with the `Date` headers of providers; where none answers, with the files that an
 * earlier run wrote. There is always a finding: a wrong clock puts every record at a wrong time.
 * @param options.baseUrls base URLs of providers that are called anyway; nobody else is asked
 */
export async function clockFindings(options: {
  baseUrls: readonly string[];
  home: string;
}): Promise<ClockFinding[]> {
  const compared = await Promise.all(options.baseUrls.map(compareWithProvider));
  const findings = compared.filter((finding) => finding !== null);
  return findings.length > 0 ? findings : [await compareWithFiles(options)];
}

async function compareWithProvider(baseUrl: string): Promise<ClockFinding | null> {
  const { origin, host } = new URL(baseUrl);
  let theirs: number;
  try {
    const response = await fetch(origin, { method: "HEAD", signal: AbortSignal.timeout(answerTimeoutMs) });
    theirs = Date.parse(response.headers.get("date") ?? "");
  } catch {
    // That the provider cannot be reached is said by its own finding.
    return null;
  }
  const skewMs = Date.now() - theirs;
  if (Number.isNaN(skewMs)) return null;
  if (Math.abs(skewMs) <= skewMaxMs) {
    return { check: "clock", level: "ok", detail: `The clock agrees with that of ${host}.`, mend: "" };
  }
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const detail = `The clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} that of ${host}.`;
  return { check: "clock", level: "error", detail, mend };
}

async function compareWithFiles(options: {
  baseUrls: readonly string[];
  home: string;
}): Promise<ClockFinding> {
  const newestMs = Math.max(
    0,
    ...(await Promise.all(lastWritten.map((name) => writtenAt(options.home, name)))),
  );
  const now = `The clock says ${new Date().toISOString().slice(0, 19)}Z`;
  const aheadMs = newestMs - Date.now();
  if (aheadMs > skewMaxMs) {
    const detail = `${now}, which is ${Math.round(aheadMs / 1000)} s before files that an earlier run wrote to ${options.home}.`;
    return { check: "clock", level: "error", detail, mend };
  }
  const why =
    options.baseUrls.length === 0
      ? "there is no provider with a key to compare it with"
      : "no provider that could be reached told its own time";
  return { check: "clock", level: "ok", detail: `${now}; ${why}.`, mend: "" };
}

/** When a file was last written, in milliseconds since 1970; 0 when there is none. */
async function writtenAt(home: string, name: string): Promise<number> {
  try {
    return (await stat(join(home, name))).mtimeMs;
  } catch {
    // A home that was never used has no files, and one that cannot be read is said by the disk's finding.
    return 0;
  }
}
