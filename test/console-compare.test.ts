import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumInstalled, expectAccessible, openChromium, signIn, type Browser } from "./chromium.ts";
import { api, startSystem, until, type System } from "./system.ts";

let system: System;
let browser: Browser;
let page: Page;
let earlier: string;
let later: string;

/** Makes a call and resolves with its trace's id once it can be read. */
async function call(body: { messages: object[]; temperature?: number }): Promise<string> {
  const response = await fetch(`${system.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.key}` },
    body: JSON.stringify({ model: "sim/echo", ...body }),
  });
  expect(response.status, await response.text()).toBe(200);
  const traceId = response.headers.get("x-weir-trace-id") ?? "";
  await until("the call to be recorded", async () => {
    const traces = JSON.stringify(await api(system, "/traces"));
    return traces.includes(traceId);
  });
  return traceId;
}

function ask(content: string, temperature: number): Promise<string> {
  const system = { role: "system", content: "You know every river." };
  return call({ temperature, messages: [system, { role: "user", content }] });
}

describe.runIf(chromiumInstalled("the comparison of two traces"))("the comparison of two traces", () => {
  beforeAll(async () => {
    system = await startSystem();
    browser = await openChromium();
    ({ page } = browser);
    await signIn(page, system);
    earlier = await ask("Is the Danube high?\nAnswer in one word.", 0.2);
    later = await ask("Is the Isar high?\nAnswer in one word.", 0.9);
  });

  afterAll(async () => {
    await browser?.close();
    await system?.dispose();
  });

  const rows = () => page.getByRole("grid", { name: "Traces" });
  const selected = () => rows().getByRole("checkbox", { checked: true }).count();

  test("D says what is missing until exactly two rows are selected", async () => {
    await page.goto(`${system.origin}/traces`);
    await page.getByText("Is the Isar high?").first().waitFor();
    await page.keyboard.press("d");
    await page.getByText("select two traces with X").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.keyboard.press("d");
    await page.getByText("select one more").waitFor();
    expect(new URL(page.url()).pathname).toBe("/traces");
    await page.keyboard.press("Escape");
    expect(await selected()).toBe(0);
  });

  test("two rows selected with the boxes open side by side, and the address names both", async () => {
    await rows().getByRole("row").filter({ hasText: "Danube" }).getByRole("checkbox").click();
    await page.keyboard.press("Home");
    await page.keyboard.press("x");
    await until("both rows to be selected", async () => (await selected()) === 2);
    await page.getByText("2 selected").waitFor();
    await expectAccessible(page, "the list with two rows selected");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.waitForURL((url) => url.pathname === "/traces/compare");
    const { searchParams } = new URL(page.url());
    expect([searchParams.get("left"), searchParams.get("right")]).toEqual([earlier, later]);
  });

  test("only the words that differ are marked; what is equal is said to be", async () => {
    const input = page.getByRole("region", { name: "User, message 2" });
    await input.locator("del").first().waitFor();
    expect(await input.locator("del").allTextContents()).toEqual(["Danube"]);
    expect(await input.locator("ins").allTextContents()).toEqual(["Isar"]);
    await page.getByRole("button", { name: "1 equal message" }).waitFor();
    const temperature = page.getByRole("row", { name: /changed temperature/ });
    expect(await temperature.locator("ins").textContent()).toBe("0.9");
    await page
      .getByRole("table", { name: "Figures" })
      .getByRole("row", { name: /Latency/ })
      .waitFor();
    await expectAccessible(page, "the comparison");
  });

  test("N and P walk the differences, O leaves only them, R shows the raw bodies", async () => {
    const place = () => page.getByRole("toolbar", { name: "Comparison" }).getByRole("status").textContent();
    await page.keyboard.press("n");
    await until("the first difference", async () => /^1 of \d/.test((await place()) ?? ""));
    const count = Number(/\d+$/.exec((await place()) ?? "")?.[0]);
    await page.keyboard.press("p");
    await until("the last difference", async () => (await place()) === `${count} of ${count}`);
    await page.keyboard.press("o");
    await page.waitForURL((url) => url.searchParams.get("show") === "differences");
    await page.getByRole("rowheader", { name: "Model", exact: true }).waitFor({ state: "detached" });
    await page.keyboard.press("r");
    await page.waitForURL((url) => url.searchParams.get("tab") === "request");
    await page.getByText("JSON, indented for comparing.").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Next difference").waitFor();
    await page.keyboard.press("Escape");
  });

  test("Esc leads back to the list with its selection, and Back to the comparison", async () => {
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => url.pathname === "/traces" && !url.search.includes("left"));
    await until("the selection to be there still", async () => (await selected()) === 2);
    await page.goBack();
    await page.waitForURL((url) => url.pathname === "/traces/compare");
    await page.getByRole("link", { name: "chat sim/echo" }).first().waitFor();
  });

  test("a trace with itself is the same; one that is not there is said to be missing, beside the one that is", async () => {
    await page.goto(`${system.origin}/traces/compare?left=${earlier}&right=${earlier}`);
    await page.getByText("Both sides are the same trace.").waitFor();
    await page.getByText("The two conversations are identical, word for word.").waitFor();
    await page.goto(`${system.origin}/traces/compare?left=${earlier}&right=${"f".repeat(32)}`);
    await page.getByRole("region", { name: "Trace A" }).getByRole("link").waitFor();
    await page.getByRole("region", { name: "Trace B" }).getByText("No such trace").waitFor();
    await expectAccessible(page, "a comparison with a trace that is gone");
    await page.goto(`${system.origin}/traces/compare`);
    await page.getByText("A comparison needs two traces").waitFor();
  });

  test("a tool's answer bears the name that its own side calls the tool by, where ids are the same", async () => {
    const asked = (name: string) => [
      { role: "user", content: "How high is the Danube?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call_0", type: "function", function: { name, arguments: "{}" } }],
      },
    ];
    const answered = { role: "tool", tool_call_id: "call_0", content: "4.2 m at Passau" };
    const left = await call({ messages: [...asked("read_gauge"), answered] });
    const right = await call({ messages: asked("search_web") });
    await page.goto(`${system.origin}/traces/compare?left=${left}&right=${right}`);
    const result = page.getByRole("region", { name: /Tool/ }).filter({ hasText: "4.2 m at Passau" });
    await result.getByText("read_gauge").first().waitFor();
    expect(await result.getByText("search_web").count()).toBe(0);
  });

  test("in the dark and in a narrow window the two stand one under the other", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 700, height: 900 });
    await page.goto(`${system.origin}/traces/compare?left=${earlier}&right=${later}`);
    await page.locator("ins").first().waitFor();
    await expectAccessible(page, "the comparison, dark and narrow");
    const before = await page.locator("del", { hasText: "Danube" }).first().boundingBox();
    const after = await page.locator("ins", { hasText: "Isar" }).first().boundingBox();
    expect(after?.y).toBeGreaterThan(before?.y ?? Number.NaN);
    expect(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")).toBe(0);
    expect(browser.pageErrors).toEqual([]);
  });
});
