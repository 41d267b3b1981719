import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TooltipProvider } from "../../../components/tooltip.tsx";
import { messageText } from "./conversation.ts";
import { MessagePartView } from "./message-part.tsx";

const context = { projectId: undefined, plain: false, toolNames: new Map<string, string>() };

/** What is read of a call with these arguments. */
function shown(sent: unknown): string {
  const part = { type: "tool_call" as const, id: "c", name: "refund", arguments: sent };
  const view = createElement(MessagePartView, { part, context });
  return renderToStaticMarkup(createElement(TooltipProvider, null, view)).replaceAll(/<[^>]*>/g, " ");
}

const notice = "The arguments are not valid JSON";

test("numbers of a call's arguments are shown as the model wrote them", () => {
  const text = shown('{"id":12345678901234567890,"rate":1.0,"limit":1e400}');
  expect(text.split(/\s+/)).toEqual(expect.arrayContaining(["12345678901234567890", "1.0", "1e400"]));
  expect(text).not.toContain(notice);
});

test("arguments that broke off are shown as they were sent, and said to be broken", () => {
  expect(shown('{"query": "gauge 4 ala')).toContain("{&quot;query&quot;: &quot;gauge 4 ala");
  expect(shown('{"query": "gauge 4 ala')).toContain(notice);
  for (const whole of ["", {}, null, { a: 1 }]) expect(shown(whole)).not.toContain(notice);
});

test("a call is copied with its arguments as they stand", () => {
  const copied = (sent: unknown): string =>
    messageText({
      role: "assistant",
      parts: [{ type: "tool_call", id: "c", name: "refund", arguments: sent }],
    });
  expect(copied('{"id":12345678901234567890}')).toBe('refund({"id":12345678901234567890})');
  expect(copied({ id: 7 })).toBe('refund({"id":7})');
});
