import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiUrl, callApi, onUnauthorized } from "./client.ts";
import { ApiProblem, describeFailure, UnreadableAnswer, Unreachable } from "./failure.ts";

const schema = z.object({ name: z.string() });

/** The next request gets this answer. */
function answer(body: string, init: ResponseInit = {}): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, init)));
}

afterEach(() => vi.unstubAllGlobals());

it("leaves what is empty out of the address", () => {
  expect(apiUrl("/traces", { filter: "a:b c", cursor: undefined, from: "" })).toBe(
    "/api/v1/traces?filter=a%3Ab+c",
  );
});

it("parses answers instead of trusting them", async () => {
  answer(JSON.stringify({ name: "x", more: 1 }));
  await expect(callApi({ path: "/x", schema })).resolves.toEqual({ name: "x" });
  answer(JSON.stringify({ name: 1 }), { headers: { "x-request-id": "r1" } });
  const error: unknown = await callApi({ path: "/x", schema }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnreadableAnswer);
  expect(describeFailure(error)).toMatchObject({ requestId: "r1", errors: [{ path: "name" }] });
  answer("<html>a proxy's page</html>");
  await expect(callApi({ path: "/x", schema })).rejects.toBeInstanceOf(UnreadableAnswer);
});

it("throws the problem that the server sent, and makes one up when it sent none", async () => {
  const problem = {
    type: "urn:x",
    title: "Gone",
    status: 410,
    detail: "It is gone.",
    code: "gone",
    mend: "Look elsewhere.",
    requestId: "r2",
  };
  answer(JSON.stringify(problem), { status: 410 });
  const error: unknown = await callApi({ path: "/x", schema }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(describeFailure(error)).toMatchObject({
    detail: "It is gone.",
    mend: "Look elsewhere.",
    code: "gone",
  });
  answer("upstream connect error", { status: 503 });
  const bare: unknown = await callApi({ path: "/x", schema }).catch((thrown: unknown) => thrown);
  expect(describeFailure(bare).code).toBe("http_503");
});

it("says that the server is away, but lets an abort pass as one", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(callApi({ path: "/x", schema })).rejects.toBeInstanceOf(Unreachable);
  const aborted = AbortSignal.abort();
  await expect(callApi({ path: "/x", schema, signal: aborted })).rejects.toBeInstanceOf(TypeError);
});

it("tells that the session is over", async () => {
  const told = vi.fn<() => void>();
  const stop = onUnauthorized(told);
  answer("{}", { status: 401 });
  await callApi({ path: "/x", schema }).catch((error: unknown) => error);
  stop();
  await callApi({ path: "/x", schema }).catch((error: unknown) => error);
  expect(told).toHaveBeenCalledTimes(1);
});

it("says what to do in the console, where the API speaks to a program", () => {
  const problem = { type: "", title: "", status: 503, detail: "It is away.", code: "clickhouse_unavailable" };
  const error = new ApiProblem({ ...problem, mend: "Look at GET /readyz.", requestId: "r1" });
  expect(describeFailure(error)).toMatchObject({ detail: "It is away.", requestId: "r1" });
  expect(describeFailure(error).mend).toContain("System");
});
