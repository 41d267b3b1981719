import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { changesSchema, overviewSchema } from "@weir/schema";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumInstalled, expectAccessible, openChromium, signIn, type Browser } from "./chromium.ts";
import { api, startSystem, until, type System } from "./system.ts";

let system: System;
let browser: Browser;
let page: Page;

/** Sends spans of an application's model calls, each so many minutes ago. */
async function sendCalls(calls: readonly { minutesAgo: number; asked: string; answered: string }[]) {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const spans = calls.map(({ minutesAgo, asked, answered }) => {
    const startMs = Date.now() - minutesAgo * 60_000;
    return {
      traceId: randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
      name: `chat ${asked}`,
      startTimeUnixNano: `${startMs}000000`,
      endTimeUnixNano: `${startMs + 800}000000`,
      attributes: [
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.provider.name", "openai"),
        text("gen_ai.request.model", asked),
        text("gen_ai.response.model", answered),
      ],
    };
  });
  const response = await fetch(`${system.origin}/v1/traces`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.key}`, "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(await response.json()).toEqual({});
}

describe.runIf(chromiumInstalled("changes on the home page"))("changes on the home page", () => {
  beforeAll(async () => {
    system = await startSystem();
    browser = await openChromium();
    ({ page } = browser);
    await signIn(page, system);
    await sendCalls([
      { minutesAgo: 50, asked: "gpt-5", answered: "gpt-5-2026-05-01" },
      { minutesAgo: 30, asked: "gpt-5", answered: "gpt-5-2026-11-01" },
      { minutesAgo: 20, asked: "gpt-5", answered: "gpt-5-2026-11-01" },
      { minutesAgo: 10, asked: "o4-mini", answered: "o4-mini" },
    ]);
    await until("the calls to be recorded", async () =>
      JSON.stringify(await api(system, "/changes")).includes("o4-mini"),
    );
  });

  afterAll(async () => {
    await browser?.close();
    await system?.dispose();
  });

  const sentence = "gpt-5 is answered by gpt-5-2026-11-01, before by gpt-5-2026-05-01";
  const changes = () => page.getByRole("region", { name: "Changes" });

  test("are listed newest first, and lead to the calls that show them", async () => {
    await page.goto(`${system.origin}/?range=1h`);
    await changes().getByText(sentence).waitFor();
    const listed = await changes().getByRole("link").allInnerTexts();
    expect(listed.map((text) => text.split("\n")[0])).toEqual(["First call of o4-mini", sentence]);
    await expectAccessible(page, "the home page with changes");
    await changes().getByText(sentence).click();
    await page.getByText("2 traces, no more in this range").waitFor();
    expect(new URL(page.url()).searchParams.get("filter")).toContain("model:gpt-5-2026-11-01");
    await page.goBack();
  });

  test("are marked in a chart, told where the pointer is near, in its table and in its CSV", async () => {
    const overviewAnswer = page.waitForResponse((response) => response.url().includes("/api/v1/overview"));
    const changesAnswer = page.waitForResponse((response) => response.url().includes("/api/v1/changes"));
    await page.goto(`${system.origin}/?range=1h`);
    const { from, to } = overviewSchema.parse(await (await overviewAnswer).json());
    const { data } = changesSchema.parse(await (await changesAnswer).json());
    const chart = page.getByRole("region", { name: "Calls", exact: true });
    const plot = await chart.locator(".u-over").boundingBox();
    const change = data.find(({ kind }) => kind === "model_answered");
    if (plot === null || change === undefined) throw new Error("there is nothing to point at");
    const share = (Date.parse(change.at) - Date.parse(from)) / (Date.parse(to) - Date.parse(from));
    await page.mouse.move(plot.x + plot.width * share, plot.y + 40);
    await chart.getByText(sentence).waitFor();
    await page.mouse.move(plot.x + plot.width * (share - 0.1), plot.y + 40);
    await chart.getByText(sentence).waitFor({ state: "detached" });
    await chart.getByRole("button", { name: "Show as a table" }).click();
    await chart.getByRole("row").filter({ hasText: sentence }).waitFor();
    const download = page.waitForEvent("download");
    await chart.getByRole("button", { name: "Save as CSV" }).click();
    const rows = readFileSync(await (await download).path(), "utf8");
    expect(rows).toContain(`"${sentence}"`);
    expect(browser.pageErrors).toEqual([]);
  });

  test("told in a chart's table, to screen readers as well, leave the page as long as it was", async () => {
    // The charts stand below each other here, and the last one's table ends far below the page.
    await page.setViewportSize({ width: 800, height: 900 });
    await page.goto(`${system.origin}/?range=1h`);
    await changes().getByText(sentence).waitFor();
    const length = () => page.evaluate<number>("document.querySelector('main > div').scrollHeight");
    const before = await length();
    const chart = page.getByRole("region", { name: "Tokens", exact: true });
    await chart.getByRole("button", { name: "Show as a table" }).click();
    await chart.getByRole("row").filter({ hasText: sentence }).waitFor();
    expect(await length()).toBe(before);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("that cannot be read are said to be missing, and nothing else is", async () => {
    await page.route("**/api/v1/changes*", (route) =>
      route.fulfill({ status: 503, contentType: "application/problem+json", body: "{}" }),
    );
    await page.goto(`${system.origin}/?range=6h`);
    await changes().getByText("What changed could not be read").waitFor({ timeout: 30_000 });
    await page.getByRole("region", { name: "Calls", exact: true }).locator(".u-over").waitFor();
    expect(await changes().getByRole("link").count()).toBe(0);
  });
});
