import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumInstalled, openChromium, signIn, type Browser } from "./chromium.ts";
import { api, startSystem, until, type System } from "./system.ts";

const traceId = "1a26e".padEnd(32, "0");
const spanCount = 3000;

let system: System;
let browser: Browser;
let page: Page;
const reads: string[] = [];

const spanIdOf = (number: number): string => number.toString(16).padStart(16, "0");

const beganNs = BigInt(Date.now()) * 1_000_000n;

/** Sends spans of the trace over OTLP: the first is the root, each other hangs below the one of half its number. */
async function send(from: number, to: number, startNs = beganNs): Promise<void> {
  const spans = Array.from({ length: to - from }, (_, at) => {
    const number = from + at;
    const startedAtNs = startNs + BigInt(number) * 1000n;
    return {
      traceId,
      spanId: spanIdOf(number),
      parentSpanId: number === 1 ? "" : spanIdOf(Math.floor(number / 2)),
      name: `step ${number}`,
      kind: 1,
      startTimeUnixNano: String(startedAtNs),
      endTimeUnixNano: String(startedAtNs + 5_000_000n),
    };
  });
  const headers = { authorization: `Bearer ${system.key}`, "content-type": "application/json" };
  const body = JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] });
  const response = await fetch(`${system.origin}/v1/traces`, { method: "POST", headers, body });
  expect(response.status, await response.text()).toBe(200);
}

describe.runIf(chromiumInstalled("a large trace in Chromium"))("a large trace in Chromium", () => {
  beforeAll(async () => {
    system = await startSystem();
    browser = await openChromium();
    ({ page } = browser);
    await signIn(page, system);
    await send(1, spanCount + 1);
    await until("the trace to be recorded", async () => {
      const trace = JSON.stringify(await api(system, `/traces/${traceId}`));
      return trace.includes(`"spanCount":${spanCount},`);
    });
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith(`/api/v1/traces/${traceId}`)) reads.push(pathname);
    });
  });

  afterAll(async () => {
    await browser?.close();
    await system?.dispose();
  });

  const rows = () => page.getByRole("treeitem");
  /** How often the whole trace was read. */
  const traceReads = () => reads.filter((path) => !path.includes("/spans/"));

  test.each([
    ["on its own page", `/traces/${traceId}`],
    ["beside the list", `/traces?trace=${traceId}`],
  ])("opens %s with one read, begun before the rest", async (_where, path) => {
    reads.length = 0;
    await page.goto(`${system.origin}${path}`);
    await rows().first().waitFor();
    // A second read would have begun with the view, and its span is read after that.
    await until("the open span to be read", () => reads.some((each) => each.includes("/spans/")));
    expect(traceReads()).toEqual([`/api/v1/traces/${traceId}/columns`]);
    // Before the console asked who is signed in, and hence before the view was there.
    const begun = (what: string) =>
      page.evaluate<number>(
        `performance.getEntriesByType("resource").find(({ name }) => name.includes("${what}")).startTime`,
      );
    expect(await begun("/columns")).toBeLessThan(await begun("/api/v1/session"));
  });

  test("has every span in its tree, for keys and search", async () => {
    await page.goto(`${system.origin}/traces/${traceId}`);
    await page.getByText("3,000 spans").waitFor();
    await page.getByRole("tree").press("End");
    await until("the last span to be open", async () => {
      const open = await rows().and(page.locator("[aria-selected=true]")).textContent();
      return open?.includes("step 2047");
    });
    await page.getByRole("searchbox", { name: /find/i }).fill("step 2222");
    await rows().getByText("step 2222").waitFor();
    await until("only the match and its ancestors to be left", async () => (await rows().count()) === 12);
  });

  test("keeps its tree worth reading where the window is low, as zoomed in, and its span within reach", async () => {
    await page.setViewportSize({ width: 720, height: 450 });
    await page.goto(`${system.origin}/traces/${traceId}`);
    const tree = page.getByRole("tree");
    await tree.waitFor();
    const boxOfRows = (await tree.locator("..").locator("..").boundingBox())?.height;
    expect(boxOfRows).toBeGreaterThanOrEqual(6 * 32);
    const tabs = page.getByRole("tab", { name: "Messages" });
    await tabs.scrollIntoViewIfNeeded();
    expect((await page.getByRole("tabpanel").boundingBox())?.height).toBeGreaterThan(200);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("grows while it is looked at, and stays where it was scrolled to", async () => {
    await page.goto(`${system.origin}/traces/${traceId}?span=${spanIdOf(2047)}`);
    await page.getByText("3,000 spans").waitFor();
    await rows().and(page.locator("[aria-selected=true]")).waitFor();
    await page.getByRole("tree").hover();
    await page.mouse.wheel(0, -spanCount * 32);
    await rows().getByText("step 1", { exact: true }).waitFor();
    // They began before their siblings, so that every row below the root is now one further down.
    await send(spanCount + 1, spanCount + 3, beganNs - 1_000_000_000n);
    await page.getByText("3,002 spans").waitFor();
    await rows().getByText("step 1", { exact: true }).waitFor();
    expect(browser.pageErrors).toEqual([]);
  });
});
