import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { answerJson, startFakeUpstream, type FakeUpstream } from "./fake-upstream.ts";
import { provider, snapshotOf, startGateway, usualProviders, type RunningGateway } from "./start-gateway.ts";

// What people get wrong first: the base URL, and a model's name.

// Two slow cores that others use as well: what hangs is found all the same.
vi.setConfig({ testTimeout: 30_000 });

let upstream: FakeUpstream;
let running: RunningGateway;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  running = await startGateway({ snapshot: snapshotOf(usualProviders(upstream.origin)) });
});
afterAll(async () => {
  await running.close();
  await upstream.close();
});

const chat = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hi" }];
const shapes = { [chat]: "openai", "/v1/messages": "anthropic" } as const;

interface ErrorAnswer {
  type?: string;
  error: { code?: string; message: string; details?: { error_code: string } };
}

async function errorOf(response: Response) {
  const body = (await response.json()) as ErrorAnswer;
  const shape = body.type === "error" ? "anthropic" : "openai";
  const code = body.error.code ?? body.error.details?.error_code ?? "";
  return { status: response.status, shape, code, message: body.error.message };
}

describe("a slip in a model's name", () => {
  const slips = [
    ["opneai/gpt-4o", `no provider is called "opneai". Nearest: "openai/gpt-4o"`],
    ["OPENAI/gpt-4o-mini", `Nearest: "openai/gpt-4o-mini"`],
    ["Openai/GPT-4O-Mini", `Nearest: "openai/gpt-4o-mini"`],
    ["antropic/claude-sonnet-4-5", `Nearest: "anthropic/claude-sonnet-4-5"`],
    ["GPT-4o-mini", `Nearest: "openai/gpt-4o-mini"`],
    ["somebody-elses/thing-of-their-own", "No known name is near it: GET /v1/models"],
  ] as const;
  for (const [path, shape] of Object.entries(shapes)) {
    test.each(slips)(`${path}: %s is answered here with the names that are near`, async (model, words) => {
      const error = await errorOf(await running.post(path, { model, max_tokens: 9, messages }));
      expect(error).toMatchObject({ status: 404, shape, code: "model_not_found" });
      expect(error.message).toContain(words);
    });
  }

  test("a provider that gave no list is known by the price list, and else by its name alone", async () => {
    const unlisted = await startGateway({
      snapshot: snapshotOf([
        provider({ name: "openai", models: [] }),
        provider({ name: "house", models: [], priceProvider: "nobody" }),
      ]),
    });
    const messageOf = async (model: string) =>
      (await errorOf(await unlisted.post(chat, { model, messages }))).message;
    expect(await messageOf("opneai/gpt-4o-mini")).toContain(`Nearest: "openai/gpt-4o-mini"`);
    expect(await messageOf("hause/llama")).toContain(`Nearest: "house/llama"`);
    await unlisted.close();
  });

  const providerSays = {
    error: { message: "The model does not exist", type: "x", param: null, code: "model_not_found" },
  };

  test("that goes to its maker is passed back as the maker answered, with the near names beside it", async () => {
    upstream.behave(answerJson(providerSays, 404));
    const response = await running.post(chat, { model: "gpt-4o-mnii", messages });
    expect(response.status).toBe(404);
    expect(response.headers.get("x-weir-hint")).toMatch(
      /^Weir knows no model "gpt-4o-mnii" of "openai"\. Nearest: "openai\/gpt-4o-mini"/,
    );
    expect(await response.text()).toBe(JSON.stringify(providerSays));
  });

  test("is in the message where the error is put into other words anyway", async () => {
    upstream.behave(answerJson(providerSays, 404));
    const response = await running.post("/v1/messages", { model: "gpt-4o-mnii", max_tokens: 9, messages });
    expect(response.headers.get("x-weir-hint")).toContain("openai/gpt-4o-mini");
    const error = await errorOf(response);
    expect(error).toMatchObject({ status: 404, shape: "anthropic" });
    expect(error.message).toMatch(/^The model does not exist\. Weir knows no model .*"openai\/gpt-4o-mini"/);
  });

  test("is not suspected when the provider has the model, or complains of something else", async () => {
    upstream.behave(answerJson(providerSays, 404));
    const known = await running.post(chat, { model: "gpt-4o-mini", messages });
    expect([known.status, known.headers.get("x-weir-hint")]).toEqual([404, null]);
    await known.text();
    upstream.behave(answerJson({ error: { message: "no", type: "x", code: "invalid_value" } }, 400));
    const other = await running.post(chat, { model: "gpt-4o-mnii", messages });
    expect([other.status, other.headers.get("x-weir-hint")]).toEqual([400, null]);
    await other.text();
  });
});

describe("a wrong base URL", () => {
  const json = { accept: "application/json" };
  const anthropic = { ...json, "anthropic-version": "2023-06-01" };
  const page = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  test.each([
    ["GET", "/v1", json, "openai", "base URL to http"],
    ["GET", "/v1/", json, "openai", "base URL to http"],
    ["GET", "/v1", page, "openai", "base URL to http"],
    ["POST", "/v1", anthropic, "anthropic", "base URL to http"],
    ["POST", "/v1/v1", json, "openai", "base URL to http"],
    ["GET", "//v1/models", json, "openai", "you mean /v1/models"],
    ["GET", "//v1/models", page, "openai", "you mean /v1/models"],
    ["POST", "//v1/chat/completions", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/v1//messages", json, "anthropic", "you mean /v1/messages"],
    ["POST", "/v1/chat/completions/", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/V1/chat/completions", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/messages", json, "anthropic", "you mean /v1/messages"],
    ["POST", "/messages/count_tokens", json, "anthropic", "you mean /v1/messages/count_tokens"],
    ["POST", "/chat/completions", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/chat/completions/", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/openai/v1/chat/completions", json, "openai", "you mean /v1/chat/completions"],
    ["POST", "/api/v1/messages", json, "anthropic", "you mean /v1/messages"],
    ["GET", "/models", json, "openai", "you mean /v1/models"],
    ["GET", "/models/openai%2Fgpt-4o", anthropic, "anthropic", "you mean /v1/models/openai%2Fgpt-4o"],
    ["POST", "/traces", json, "openai", "you mean /v1/traces"],
    ["POST", "/v1/v1/traces", json, "openai", "you mean /v1/traces"],
  ] as const)("%s %s (%o) is answered in the caller's shape with the right one", async (...options) => {
    const [method, path, headers, shape, words] = options;
    const error = await errorOf(await fetch(running.url + path, { method, headers }));
    expect(error).toMatchObject({ status: 404, shape, code: "base_url_wrong" });
    expect(error.message).toContain(words);
  });

  test.each([
    ["GET", "/", page],
    ["GET", "/traces", page],
    ["GET", "/traces", { accept: "*/*" }],
    ["GET", "/settings/models", page],
    ["GET", "/models", page],
    ["GET", "/api/v1/models", json],
    ["GET", "/api/v1/traces", json],
    ["POST", "/api/v1/keys", json],
    ["POST", "/api/v1/some/messages", json],
  ])("%s %s is no model call and goes to the control server", async (method, path, headers) => {
    const response = await fetch(running.url + path, { method, headers });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("control server");
  });
});
