import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { ApiProblem, Unreachable } from "./failure.ts";
import { answerOf, failingSince, failureOf, untilItAnswers, watchFailures } from "./persistence.ts";

function refusal(status: number): ApiProblem {
  return new ApiProblem({ type: "", title: "", status, detail: "", code: "c", mend: "", requestId: "" });
}

it("asks again after an outage, but not after a refusal", () => {
  expect(untilItAnswers.retry(99, refusal(503))).toBe(true);
  expect(untilItAnswers.retry(99, new Unreachable(null))).toBe(true);
  expect(untilItAnswers.retry(0, refusal(404))).toBe(false);
});

it("shows nothing at the first hiccup", () => {
  const failureReason = refusal(503);
  expect(failureOf({ error: null, failureCount: 1, failureReason })).toBeNull();
  expect(failureOf({ error: null, failureCount: 2, failureReason })).toBe(failureReason);
});

it("lets a placeholder go when the answer that it stands for fails to come, and keeps an answer", () => {
  const failing = { error: null, failureCount: 2, failureReason: refusal(503), data: "figures" };
  expect(answerOf({ ...failing, isPlaceholderData: true })).toBeUndefined();
  expect(answerOf({ ...failing, isPlaceholderData: true, failureCount: 1 })).toBe("figures");
  expect(answerOf({ ...failing, isPlaceholderData: false })).toBe("figures");
});

it("remembers the first of many failures, until a success", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: 0 } } });
  watchFailures(client.getQueryCache());
  let answer: () => Promise<string> = () => Promise.reject(new Error("first"));
  const ask = (): Promise<unknown> =>
    client.fetchQuery({ queryKey: ["x"], queryFn: () => answer() }).catch((error: unknown) => error);
  const since = failingSince(await ask());
  expect(since).toBeGreaterThan(0);
  answer = () => Promise.reject(new Error("second"));
  expect(failingSince(await ask())).toBe(since);
  answer = () => Promise.resolve("well");
  await ask();
  answer = () => Promise.reject(new Error("third"));
  expect(failingSince(await ask())).toBeGreaterThanOrEqual(since);
  expect(failingSince(new Error("of nothing"))).toBe(0);
});
