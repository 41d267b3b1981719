import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { spanDetail } from "./fixtures/build.ts";
import { copyText } from "./json/json-value.ts";
import { spanQuery } from "./trace-queries.ts";

afterEach(() => vi.unstubAllGlobals());

test("a span's numbers are those that were sent, sign by sign, also when it is read a second time", async () => {
  const parameters = '{"seed":9007199254740993,"temperature":1.0,"top_p":0.12345678901234567890}';
  const client = new QueryClient();
  const read = async (seed: string): Promise<string> => {
    const sent = parameters.replace("9007199254740993", seed);
    const body = JSON.stringify(spanDetail(1)).replace('"parameters":{}', `"parameters":${sent}`);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body)));
    const query = spanQuery(undefined, "t", "s");
    await client.fetchQuery({ ...query, staleTime: 0 });
    return copyText(client.getQueryData(query.queryKey)?.parameters).replaceAll(/\s/g, "");
  };
  expect(await read("9007199254740993")).toBe(parameters);
  expect(await read("9007199254740995")).toBe(parameters.replace("0993", "0995"));
});
