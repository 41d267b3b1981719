import type { System } from "@weir/schema";
import type { Bootstrapped } from "./bootstrap.ts";

/** What `weir up` says once it runs: where everything is, and on a first start how to get in. */
export function announcement(options: {
  version: string;
  /** Where this machine reaches it. */
  localUrl: string;
  /** Where people and clients do, when that is another address. */
  publicUrl: string | null;
  startMs: number;
  firstStart: Bootstrapped;
  system: System;
  home: string;
}): string {
  const { version, localUrl, firstStart, system } = options;
  const baseUrl = options.publicUrl ?? localUrl;
  const seconds = (options.startMs / 1000).toFixed(1);
  const headline =
    system.state === "down"
      ? `Weir ${version} runs, but not all of it:`
      : `Weir ${version} is ready after ${seconds} s.`;
  const rows: [string, string][] = [["Console", baseUrl]];
  if (baseUrl !== localUrl) rows.push(["", `On this machine also ${localUrl}`]);
  if (firstStart.signInToken !== null) {
    rows.push(["Sign in", `${baseUrl}/sign-in#token=${firstStart.signInToken}`]);
    rows.push(["", 'Works once, within 24 hours. "npx weir link" makes another.']);
  }
  rows.push(["Clients", `${baseUrl}/v1  (OpenAI)   ${baseUrl}  (Anthropic)   ${baseUrl}/v1/traces  (OTLP)`]);
  if (firstStart.projectKey !== null) {
    rows.push(["Project key", firstStart.projectKey]);
    rows.push(["", "Shown here this once; the console shows it after sign-in."]);
  }
  rows.push(["Providers", system.providers.map(describeProvider).join(", ")]);
  if (system.providers.some((provider) => provider.simulator)) {
    rows.push(["", "sim/echo and sim/chat are a simulator: made-up answers, no model behind them."]);
  }
  rows.push(["State", options.home]);
  for (const component of system.components) {
    if (component.state !== "ok")
      rows.push([component.state === "down" ? "! Down" : "! Degraded", component.detail]);
  }
  for (const sentence of system.notRecording) rows.push(["! Not recorded", sentence]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`);
  return `\n${headline}\n\n${lines.join("\n")}\n\n`;
}

function describeProvider(provider: System["providers"][number]): string {
  if (provider.simulator) return `${provider.name} (simulator)`;
  return provider.keyRequired && !provider.keyPresent ? `${provider.name} (no key)` : provider.name;
}
