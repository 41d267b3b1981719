import { overviewSchema } from "@weir/schema";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumInstalled, expectAccessible, openChromium, signIn, type Browser } from "./chromium.ts";
import { api, startSystem, until, type System } from "./system.ts";

let system: System;
let browser: Browser;
let page: Page;
const foreignRequests: string[] = [];
const blockedByPolicy: string[] = [];

describe.runIf(chromiumInstalled("the console in Chromium"))("the console in Chromium", () => {
  beforeAll(async () => {
    system = await startSystem();
    browser = await openChromium();
    ({ page } = browser);
    await page.exposeFunction("reportBlocked", (what: string) => blockedByPolicy.push(what));
    await page.addInitScript(
      `addEventListener("securitypolicyviolation", (event) => window.reportBlocked(event.blockedURI))`,
    );
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== system.origin) foreignRequests.push(url.href);
    });
  });

  afterAll(async () => {
    await browser?.close();
    await system?.dispose();
  });

  async function call(content: string, extra: Record<string, unknown> = {}): Promise<void> {
    const response = await fetch(`${system.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.key}`, "x-weir-user": "ada", "x-weir-tags": "checkout" },
      body: JSON.stringify({ model: "sim/echo", messages: [{ role: "user", content }], ...extra }),
    });
    expect(response.status, await response.text()).toBeLessThan(500);
  }

  /** A trace of a few spans, sent over OTLP; resolves with its id once it can be read. */
  async function recordTree(): Promise<string> {
    const traceId = "5eed".repeat(8);
    const startNs = BigInt(Date.now()) * 1_000_000n;
    const spans = [1, 2, 3].map((each) => ({
      traceId,
      spanId: String(each).repeat(16),
      parentSpanId: each === 1 ? "" : "1".repeat(16),
      name: `step ${each}`,
      kind: 1,
      startTimeUnixNano: String(startNs),
      endTimeUnixNano: String(startNs + 5_000_000n),
    }));
    const headers = { authorization: `Bearer ${system.key}`, "content-type": "application/json" };
    const body = JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] });
    const response = await fetch(`${system.origin}/v1/traces`, { method: "POST", headers, body });
    expect(response.status, await response.text()).toBe(200);
    await until("the tree to be recorded", async () => {
      const trace = await fetch(`${system.origin}/api/v1/traces/${traceId}`, { headers });
      return trace.ok && (await trace.text()).includes("step 3");
    });
    return traceId;
  }

  test("without a session it asks to sign in and says how", async () => {
    await page.goto(`${system.origin}/traces`);
    await page.getByText("npx weir link").first().waitFor();
    await expectAccessible(page, "the sign-in page");
  });

  test("a link that could not be tried for want of an answer can be opened again", async () => {
    let asked = 0;
    await page.route("**/api/v1/session", (route) => {
      if (route.request().method() === "POST") asked += 1;
      return route.abort();
    });
    try {
      const link = `${system.origin}/sign-in#token=${"a".repeat(43)}`;
      await page.goto(link);
      await page.getByText("This link did not sign you in").waitFor();
      await page.goto(link);
      await until("the link to be tried again", () => asked === 2);
    } finally {
      await page.unroute("**/api/v1/session");
    }
  });

  test("the one-time link signs in, and shows how to make the first call with the real key", async () => {
    await signIn(page, system);
    expect(page.url()).not.toContain("token=");
    await expectAccessible(page, "the empty home");
  });

  test("the link works once", async () => {
    const token = new URL(system.signInLink()).hash.slice("#token=".length);
    const response = await fetch(`${system.origin}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: system.origin },
      body: JSON.stringify({ token }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test("the first call appears by itself", async () => {
    await call("What is a weir good for?");
    await page.getByText("Latency", { exact: false }).first().waitFor({ timeout: 20_000 });
    await expectAccessible(page, "home with figures");
  });

  test("a call is found, opened beside the list, and read", async () => {
    await call("Please say **bold river** words", { stream: true });
    await until("the second call to be recorded", async () => {
      const traces = await fetch(`${system.origin}/api/v1/traces?filter=river`, {
        headers: { authorization: `Bearer ${system.key}` },
      });
      return (await traces.text()).includes("bold river");
    });
    await page.goto(`${system.origin}/traces`);
    const row = page.getByText("bold river").first();
    await row.waitFor();
    await expectAccessible(page, "the trace list");

    const bar = page
      .getByRole("combobox")
      .or(page.getByRole("searchbox"))
      .or(page.getByRole("textbox"))
      .first();
    await page.keyboard.press("/");
    await bar.fill("user:ada river");
    await bar.press("Enter");
    await page.waitForURL((url) => decodeURIComponent(url.search).includes("user:ada"));
    await page.getByText("bold river").first().click();
    // Markdown is rendered: the word stands in an element of its own, not between asterisks.
    await page.locator("strong", { hasText: "bold river" }).first().waitFor();
    await page.getByRole("tab", { name: /cost/i }).click();
    await page
      .getByText(/simulator|free/i)
      .first()
      .waitFor();
    await page.getByRole("tab", { name: /raw/i }).click();
    await page.getByText("Response", { exact: true }).click();
    await page.getByText("[DONE]").first().waitFor();
    await expectAccessible(page, "a trace in the peek");
    const withPeek = page.url();
    await page.reload();
    await page.getByRole("tab", { name: /raw/i }).first().waitFor();
    expect(page.url()).toBe(withPeek);
  });

  test("a step to the next trace draws only the rows that it concerns", async () => {
    const count = 8;
    for (let each = 0; each < count; each += 1) await call("downstream");
    await until("the calls to be recorded", async () => {
      const traces = JSON.stringify(await api(system, "/traces?filter=downstream"));
      return traces.split('"traceId"').length > count;
    });
    await page.goto(`${system.origin}/traces?filter=downstream`);
    const rows = page.getByRole("grid").locator("[data-trace]");
    await until("the calls to be listed", async () => (await rows.count()) === count);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.has("trace"));
    await page.getByRole("tab", { name: /raw/i }).waitFor();
    // React gives an element other properties each time that it draws it.
    const drawn = `[...document.querySelectorAll("[data-trace]")].map((row) =>
      row[Object.keys(row).find((key) => key.startsWith("__reactProps"))])`;
    await page.evaluate(`window.drawnBefore = ${drawn}`);
    const { href } = new URL(page.url());
    await page.keyboard.press("j");
    await page.waitForURL((url) => url.href !== href);
    await rows.nth(1).and(page.locator(".bg-selected")).waitFor();
    const changed = `${drawn}.filter((props, at) => props !== window.drawnBefore[at]).length`;
    expect(await page.evaluate(changed)).toBe(2);
  });

  test("a key of an input method does nothing else", async () => {
    const traceId = await recordTree();
    await page.goto(`${system.origin}/traces/${traceId}?tab=raw`);
    const search = page.getByRole("tabpanel").getByRole("searchbox");
    await search.fill("span");
    await page.getByText(/^1 of/).waitFor();
    // As Safari tells of the Enter that has ended a composition: only the second one is the reader's.
    await search.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
    await search.dispatchEvent("keydown", { key: "Enter", keyCode: 13 });
    await page.getByText(/^2 of/).waitFor();
    await page.goto(`${system.origin}/settings/keys`);
    await page.getByRole("button", { name: "New key" }).click();
    const name = page.getByRole("textbox", { name: "Name" });
    await name.focus();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Input.imeSetComposition", { text: "みず", selectionStart: 2, selectionEnd: 2 });
    await page.keyboard.press("Escape");
    await devtools.send("Input.insertText", { text: "水" });
    expect(await name.inputValue()).toBe("水");
    await page.keyboard.press("Escape");
    await name.waitFor({ state: "detached" });
  });

  test("Esc and Clear discard what is typed in the query bar", async () => {
    await page.goto(`${system.origin}/traces`);
    const bar = page.getByRole("combobox", { name: "Query" });
    const discards = [
      () => bar.press("Escape"),
      () => page.getByRole("button", { name: "Clear the query" }).click(),
    ];
    for (const discard of discards) {
      await bar.fill('half "typed');
      await discard();
      expect(await bar.inputValue()).toBe("");
      await bar.fill("river");
      await bar.press("Enter");
      await page.waitForURL((url) => url.searchParams.get("filter") === "river");
      // Had the draft been applied, Back would lead to it.
      await page.goBack();
      await page.waitForURL((url) => !url.searchParams.has("filter"));
    }
  });

  test("facets that were counted before take the room that they will need, and nothing jumps", async () => {
    await page.goto(`${system.origin}/traces`);
    const below = page.getByRole("region", { name: "Facets" }).getByRole("button", { name: "Provider" });
    await page.getByRole("checkbox", { name: /^ok/i }).waitFor();
    const settledAt = (await below.boundingBox())?.y;
    await page.route("**/api/v1/facets*", () => undefined);
    await page.reload();
    await below.waitFor();
    expect((await below.boundingBox())?.y).toBe(settledAt);
    await page.unroute("**/api/v1/facets*");
  });

  test("the keys of the list show the cell that they are about, and F is undone by F", async () => {
    await page.goto(`${system.origin}/traces`);
    await page.getByText("bold river").first().waitFor();
    // A link has the focus, which Enter would follow.
    await page.getByRole("link", { name: "Traces" }).focus();
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowRight");
    const shown = () =>
      page.evaluate<string>(
        "getComputedStyle(document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) ?? document.body).boxShadow",
      );
    expect(await shown()).not.toBe("none");
    await page.keyboard.press("f");
    const filtered = page.getByRole("combobox", { name: "Query" }).and(page.locator("[value='status:ok']"));
    await filtered.waitFor();
    await until("the cell to be shown in the new list", async () => (await shown()) !== "none");
    await page.keyboard.press("f");
    await page.waitForURL((url) => !url.searchParams.has("filter"));
    await until("the cell to be shown again", async () => (await shown()) !== "none");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.has("trace"));
    await page.getByRole("tab", { name: "Messages" }).focus();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.searchParams.has("trace"));
    await until("the list to have the keys again", async () => (await shown()) !== "none");
  });

  test("a row opened in another tab keeps the zone; one that this browser does not know is left aside", async () => {
    await page.goto(`${system.origin}/traces?zone=UTC`);
    const row = page.getByText("bold river").first();
    const [opened] = await Promise.all([
      page.context().waitForEvent("page"),
      row.click({ modifiers: ["ControlOrMeta"] }),
    ]);
    await opened.waitForURL((url) => url.pathname.startsWith("/traces/"));
    expect(new URL(opened.url()).searchParams.get("zone")).toBe("UTC");
    await until("its title to say which trace it is", async () =>
      /^Trace [0-9a-f]{8}/.test(await opened.title()),
    );
    await opened.close();
    await page.goto(`${system.origin}/traces?zone=Atlantis/Centre`);
    await page.getByText("bold river").first().waitFor();
  });

  test("a number in a raw body is shown as it was sent, however long, and the whole body is saved as such", async () => {
    const response = await fetch(`${system.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.key}` },
      body: '{"model":"sim/echo","messages":[{"role":"user","content":"Hi"}],"order_id":12345678901234567891}',
    });
    expect(response.status, await response.text()).toBe(200);
    await page.goto(
      `${system.origin}/traces/${response.headers.get("x-weir-trace-id") ?? ""}?tab=raw.request`,
    );
    await page.getByText("12345678901234567891").first().waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the request" }).click();
    expect((await download).suggestedFilename()).toMatch(/^[0-9a-f]{16}-request\.json$/);
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await page.locator("pre", { hasText: "12345678901234567891" }).waitFor();
  });

  test("a figure of the home page leads to exactly the rows that it counts", async () => {
    const overviewAnswer = page.waitForResponse((response) => response.url().includes("/api/v1/overview"));
    await page.goto(`${system.origin}/?range=1h`);
    const overview = overviewSchema.parse(await (await overviewAnswer).json());
    const figure = page.getByRole("main").getByRole("link", { name: /^Calls/ });
    await figure.getByText(String(overview.total.calls), { exact: true }).waitFor();
    await figure.click();
    await page.waitForURL((url) => url.pathname === "/traces");
    const { searchParams } = new URL(page.url());
    expect(searchParams.get("from")).toBe(new Date(overview.from).toISOString());
    expect(searchParams.get("to")).toBe(new Date(overview.to).toISOString());
    // Every call of this test is a trace of its own.
    await page.getByText(`${overview.total.calls} traces, no more in this range`).waitFor();
  });

  test("what the query bar cannot read is said", async () => {
    await page.goto(`${system.origin}/traces?filter=${encodeURIComponent("modle:gpt")}`);
    await page
      .getByText(/did you mean/i)
      .first()
      .waitFor();
    expect(await page.getByText(/modle/).count()).toBeGreaterThan(0);
    // The reason why a long text that was pasted cannot be read leaves the list its room.
    await page.getByRole("combobox", { name: "Query" }).fill("long ".repeat(2000));
    await page.keyboard.press("Enter");
    const reason = page.getByRole("listitem").filter({ hasText: "A filter has at most" });
    await reason.waitFor();
    expect((await reason.boundingBox())?.height).toBeLessThan(60);
  });

  test("in the dark, in a narrow window, it stays accessible", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 900, height: 800 });
    for (const path of ["/", "/traces", "/settings/keys", "/settings/system", "/settings/models"]) {
      await page.goto(`${system.origin}${path}`);
      await page.getByRole("main").waitFor();
      await page.waitForLoadState("load");
      await expectAccessible(page, `${path}, dark and narrow`);
    }
    await page.setViewportSize({ width: 400, height: 800 });
    await page.goto(`${system.origin}/traces`);
    await page.getByText("bold river").first().waitFor({ state: "attached" });
    const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.goto(`${system.origin}/settings/models`);
    await page.getByRole("row", { name: /sim\/echo/ }).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });

  test("where colours are forced, the bars of a trace and what is chosen can be told", async () => {
    await page.emulateMedia({ forcedColors: "active" });
    await page.goto(`${system.origin}/traces/${await recordTree()}`);
    await page.getByRole("treeitem", { selected: true }).waitFor();
    const styleOf = (selector: string, property: string) =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue("${property}")`,
      );
    const canvas = await styleOf("body", "background-color");
    expect(await styleOf("[role=treeitem] [style*='width:']", "background-color")).not.toBe(canvas);
    expect(await styleOf("[role=treeitem][aria-selected=true]", "outline-style")).toBe("solid");
    await page.emulateMedia({ forcedColors: "none" });
  });

  test("in a narrow window the facets are a drawer that the keyboard opens and closes", async () => {
    await page.setViewportSize({ width: 700, height: 800 });
    await page.goto(`${system.origin}/traces?filter=${encodeURIComponent("user:ada")}`);
    const button = page.getByRole("button", { name: "Filters, 1 active" });
    await button.press("Enter");
    const drawer = page.getByRole("dialog", { name: "Filters" });
    await drawer.getByRole("checkbox", { name: /^ok/i }).click();
    await page.waitForURL((url) => decodeURIComponent(url.search).includes("status:ok"));
    await expectAccessible(page, "the drawer with the facets");
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    const focused = () => page.evaluate<string>("document.activeElement.getAttribute('aria-label')");
    await until("the focus to be back", async () => (await focused()) === "Filters, 2 active");
  });

  test("a body that was too long for its record can be read whole", async () => {
    await call(`longest ${"x".repeat(1_200_000)} end-of-it`);
    const found = await until("the long call to be recorded", async () => {
      const traces = await fetch(`${system.origin}/api/v1/traces?filter=longest`, {
        headers: { authorization: `Bearer ${system.key}` },
      });
      return /"traceId":"([0-9a-f]{32})"/.exec(await traces.text())?.[1];
    });
    await page.goto(`${system.origin}/traces/${found}?tab=raw.response`);
    await page.getByText("the rest is in a file of its own").waitFor();
    expect(await page.getByRole("main").getByText("weir-blob:").count()).toBe(0);
    await expectAccessible(page, "a body whose rest is elsewhere");
    await page.getByRole("button", { name: "Show all of it" }).click();
    // Whole it is JSON again, which its beginning was not.
    await page.getByRole("button", { name: "Tree", exact: true }).waitFor();
    await page.getByText("the rest is in a file of its own").waitFor({ state: "detached" });
  });

  test("the splitter between tree and span moves with keys and pointer, and stays where it was put", async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${system.origin}/traces/${await recordTree()}`);
    const splitter = page.getByRole("separator", { name: "Width of the tree" });
    const at = async () => Number(await splitter.getAttribute("aria-valuenow"));
    await splitter.waitFor();
    const usual = await at();
    await splitter.press("ArrowLeft");
    await until("the key to move it", async () => (await at()) === usual - 2);
    const box = await splitter.boundingBox();
    if (box === null) throw new Error("the splitter has no box");
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 100, { steps: 4 });
    await page.mouse.up();
    const moved = await at();
    expect(moved).toBeGreaterThan(usual);
    await expectAccessible(page, "a trace with its tree");
    await page.getByPlaceholder("Find in this trace").fill("step 3");
    const unmatched = page.getByRole("tree").getByText("step 2");
    await until("what does not match to be gone", async () => (await unmatched.count()) === 0);
    await expectAccessible(page, "a search in the tree");
    await page.reload();
    await splitter.waitFor();
    expect(await at()).toBe(moved);
  });

  test("a dialog gives the focus back to what opened it", async () => {
    await page.goto(`${system.origin}/settings/keys`);
    const focused = () => page.evaluate<string>("document.activeElement.textContent");
    const opener = page.getByRole("button", { name: "New key" });
    await opener.press("Enter");
    await page.getByRole("textbox", { name: "Name" }).fill("second application");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "I have copied it" }).press("Enter");
    await until("the focus to be back", async () => (await focused()).includes("New key"));
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Go to a page").waitFor();
    await page.keyboard.press("Escape");
    await until("the focus to be back again", async () => (await focused()).includes("New key"));
  });

  /** Answers neither for this code nor for the page that a reload would get, as a server that is away. */
  async function takeAway(code: string): Promise<() => Promise<void>> {
    const gone = [code, `${system.origin}/`];
    for (const each of gone) await page.route(each, (route) => route.abort());
    return async () => {
      for (const each of gone) await page.unroute(each);
    };
  }

  test("a page whose code cannot be read says so inside the frame, and opens once it can", async () => {
    const bringBack = await takeAway("**/assets/models-page*");
    await page.goto(`${system.origin}/settings/keys`);
    await page.getByRole("link", { name: "Models" }).click();
    await page.getByText("This page could not be read").waitFor();
    await expectAccessible(page, "a page without its code");
    expect(await page.getByRole("navigation", { name: "Main" }).isVisible()).toBe(true);
    await bringBack();
    await page.getByRole("searchbox", { name: "Find a model" }).waitFor();
  });

  test("code that the browser does not ask for again is read by a reload", async () => {
    const code = "**/assets/models-page*";
    await page.route(code, (route) => route.abort());
    await page.goto(`${system.origin}/settings/keys`);
    await page.getByRole("link", { name: "Models" }).click();
    await page.waitForEvent("request", (request) => request.isNavigationRequest());
    await page.unroute(code);
    await page.getByRole("searchbox", { name: "Find a model" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/settings/models");
  });

  test("a reload that the reader did not ask for keeps the half-typed query and the commands open", async () => {
    /** Opens the list, does something, and takes the code away; the console then reloads itself. */
    const reloadFor = async (code: string, something: () => Promise<void>) => {
      await page.evaluate("sessionStorage.clear()");
      let done: () => void = () => undefined;
      const taken = new Promise<void>((resolve) => (done = resolve));
      await page.route(code, async (route) => {
        await taken;
        await route.abort();
      });
      await page.goto(`${system.origin}/traces`);
      await page.getByText("bold river").first().waitFor();
      await something();
      done();
      await page.waitForRequest((request) => request.isNavigationRequest());
      await page.unroute(code);
    };
    await reloadFor("**/assets/command-palette*", () => page.keyboard.press("Control+k"));
    await page.getByPlaceholder("Go to a page").waitFor();
    // An upgraded server: the page begins with other code, and some that is read ahead is gone.
    const upgraded = `${system.origin}/`;
    const html = "<html>other code</html>";
    await page.route(upgraded, (route) => route.fulfill({ contentType: "text/html", body: html }));
    const bar = page.getByRole("combobox", { name: "Query" });
    await reloadFor("**/assets/models-page*", () => bar.fill('half "typed'));
    await page.unroute(upgraded);
    await page.getByText("bold river").first().waitFor();
    expect(await bar.inputValue()).toBe('half "typed');
    await bar.press("Escape");
  });

  test("commands whose code cannot be read say so above the page, and open once it can", async () => {
    const bringBack = await takeAway("**/assets/command-palette*");
    await page.goto(`${system.origin}/settings/keys`);
    const focused = () => page.evaluate<string>("document.activeElement.textContent");
    await page.getByRole("button", { name: "New key" }).focus();
    for (const close of ["Escape", "Control+k"]) {
      await page.keyboard.press("Control+k");
      await page.getByText("The commands could not be read").waitFor();
      await expectAccessible(page, "the commands without their code");
      await page.keyboard.press(close);
      await until("the focus to be back", async () => (await focused()).includes("New key"));
    }
    await page.keyboard.press("Control+k");
    await page.getByText("The commands could not be read").waitFor();
    await bringBack();
    await page.getByPlaceholder("Go to a page").waitFor();
    await page.keyboard.type("models");
    await page.keyboard.press("Enter");
    await page.getByRole("searchbox", { name: "Find a model" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Go to a page").fill("river");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.get("filter") === "river");
  });

  test("what failed while an engine was away is read again by itself once it answers", async () => {
    const spans = "**/api/v1/traces/*/spans/*";
    const problem = { title: "Away", detail: "It is away.", code: "clickhouse_unavailable", mend: "Wait." };
    const body = JSON.stringify({ type: "urn:test", status: 503, requestId: "r1", ...problem });
    await page.route(spans, (route) =>
      route.fulfill({ status: 503, contentType: "application/problem+json", body }),
    );
    await page.goto(`${system.origin}/traces/${await recordTree()}`);
    await page.getByText("This span could not be read").waitFor();
    await expectAccessible(page, "a span that could not be read");
    await page.unroute(spans);
    await page.getByText("This span could not be read").waitFor({ state: "detached" });
  });

  test("nothing was asked of another host, and no script failed", () => {
    expect(foreignRequests).toEqual([]);
    expect(blockedByPolicy).toEqual([]);
    expect(browser.pageErrors).toEqual([]);
  });
});
