import { AxeBuilder } from "@axe-core/playwright";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import type { System } from "./system.ts";

const executablePath = "/usr/bin/chromium";

/** Whether there is a browser to test with; says so when there is none. */
export function chromiumInstalled(what: string): boolean {
  const installed = existsSync(executablePath);
  if (!installed) console.warn(`Left out, ${what}: apt-get install chromium`);
  return installed;
}

export interface Browser {
  page: Page;
  /** What scripts of the page threw. */
  pageErrors: string[];
  close(): Promise<void>;
}

/** Debian's Chromium with a profile of its own, which calls nobody by itself. */
export async function openChromium(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "weir-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    viewport: { width: 1440, height: 900 },
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const pageErrors: string[] = [];
  page.on("pageerror", (error) => pageErrors.push(error.message));
  return {
    page,
    pageErrors,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Signs in by the one-time link and waits for the home page. */
export async function signIn(page: Page, system: System): Promise<void> {
  await page.goto(system.signInLink());
  await page.getByText(system.key).first().waitFor();
}

export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n")}`);
  expect(found, `axe on ${where}`).toEqual([]);
}
