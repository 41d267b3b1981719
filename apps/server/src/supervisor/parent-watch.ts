import type { Variables } from "../config/environment.ts";

const lookEveryMs = 250;

/**
 * Tells when the npm that runs `weir up`, as its script or as `npx weir up`, has gone. npm that is killed passes nothing
 * on, and nobody would know the process that it leaves behind. A server that a shell sent to the background may outlive
 * the shell: without npm nothing is watched.
 */
export function whenNpmIsGone(variables: Variables, listener: () => void): void {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = "" } = variables;
  if (event === "npx" ? !/\bweir\b/.test(script) : !script.endsWith("weir.mjs up")) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, lookEveryMs);
  timer.unref();
}
