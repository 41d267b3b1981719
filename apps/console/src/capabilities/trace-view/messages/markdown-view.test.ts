import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { TooltipProvider } from "../../../components/tooltip.tsx";
import { hostileMarkdown } from "../fixtures/conversations.ts";
import { MarkdownView } from "./markdown-view.tsx";
import { readLink, readMedia } from "./safe-url.ts";

const render = (text: string): string =>
  renderToStaticMarkup(createElement(TooltipProvider, null, createElement(MarkdownView, { text })));

describe("hostile text", () => {
  const html = render(hostileMarkdown);
  test("makes no element, no handler and no address that the page would follow or load", () => {
    expect(html).not.toMatch(/<(?:script|iframe|style|img|object|embed|form|input)\b/i);
    expect(html).not.toMatch(/<[^>]*\son\w+=/i);
    expect(html).not.toMatch(/(?:href|src)="(?!https?:|mailto:)/i);
    expect(html).not.toMatch(/src="https?:/i);
  });
  test("is still there to be read", () => {
    expect(html).toContain("&lt;script&gt;window.broken = true&lt;/script&gt;");
    expect(html).toContain("image at tracker.example");
    expect(html).toContain("(javascript:window.broken=true)");
  });
});

describe("a readable document", () => {
  test("keeps the tags of a prompt, and reads the markdown inside them", () => {
    const html = render("<context>\n# Rules\n- one\n</context>");
    expect(html).toContain("&lt;context&gt;");
    expect(html).toMatch(/<h4[^>]*>Rules<\/h4>/);
    expect(html).toContain("&lt;/context&gt;");
  });
  test("draws tables, lists, code and emphasis", () => {
    const html = render(
      "| a | b |\n| - | -: |\n| 1 | **2** |\n\n1. x\n   - y\n\n```sql\nSELECT 1;\n```\n\n- [x] done",
    );
    expect(html).toMatch(/<th[^>]*>b<\/th>/);
    expect(html).toMatch(/<strong[^>]*>2<\/strong>/);
    expect(html).toMatch(/<ol[^>]*>.*<ul/s);
    expect(html).toContain("SELECT 1;");
    expect(html).toContain("☑");
  });
  test("keeps line breaks as they were typed", () => {
    expect(render("one\ntwo")).toContain("<br/>");
  });
  test("opens links elsewhere without telling where from", () => {
    expect(render("[a](https://b.example)")).toMatch(/rel="noopener noreferrer nofollow"/);
  });
  test("survives nesting without end", () => {
    expect(render(`${">".repeat(5000)} deep`)).toContain("deep");
  });
});

describe("addresses", () => {
  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "/sign-out",
    "vbscript:x",
    "",
  ])("%s leads nowhere", (href) => expect(readLink(href)).toBeNull());
  test("a stored payload comes from this server, one elsewhere is only named", () => {
    const sha = "ab".repeat(32);
    expect(readMedia(`weir-blob:sha256/${sha}`, "p1")).toEqual({
      type: "inline",
      src: `/api/v1/blobs/${sha}?projectId=p1`,
    });
    expect(readMedia("https://x.example/a.png", "p1")).toMatchObject({ type: "external", host: "x.example" });
    expect(readMedia("data:image/png;base64,AA", "p1").type).toBe("inline");
    expect(readMedia("data:text/html,<b>", "p1").type).toBe("unreadable");
    expect(readMedia("weir-blob:sha256/../../keys", "p1").type).toBe("unreadable");
  });
});
