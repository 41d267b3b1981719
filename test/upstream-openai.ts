import type { Scene } from "./upstream.ts";

const model = "gpt-4o-mini-2024-07-18";
const usage = {
  prompt_tokens: 20,
  completion_tokens: 12,
  total_tokens: 32,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 4, audio_tokens: 0 },
};

interface Call {
  id: string;
  name: string;
  arguments: string;
}

interface Content {
  text: string;
  reasoning: string;
  calls: Call[];
}

/** Names of the images that arrived, so that a test sees the bytes came through. */
function describePictures(body: Record<string, unknown>): string {
  const urls =
    JSON.stringify(body["messages"] ?? []).match(/data:image\/[a-z]+;base64,[A-Za-z0-9+/=]+/g) ?? [];
  return urls.map((url) => `${url.slice(5, url.indexOf(";"))} of ${url.length} characters`).join(", ");
}

function contentOf(scene: Scene, body: Record<string, unknown>): Content {
  const text = (value: string): Content => ({ text: value, reasoning: "", calls: [] });
  switch (scene) {
    case "weather":
      return {
        text: "",
        reasoning: "",
        calls: ["Paris", "Berlin"].map((city, index) => ({
          id: `call_${index + 1}`,
          name: "get_weather",
          arguments: JSON.stringify({ city }),
        })),
      };
    case "json":
      return text('{"city":"Paris","population":2102650}');
    case "think":
      return { text: "It is 42.", reasoning: "Let me add the numbers.", calls: [] };
    case "picture":
      return text(`I see ${describePictures(body)}.`);
    case "thanks":
      return text("Sunny in Paris, rain in Berlin.");
    case "hello":
    case "fail":
    case "break":
    case "slow":
      return text("Hello there, friend.");
  }
}

export function openAiAnswer(scene: Scene, body: Record<string, unknown>): unknown {
  const content = contentOf(scene, body);
  return {
    id: "chatcmpl-test",
    object: "chat.completion",
    created: 1_790_000_000,
    model,
    system_fingerprint: "fp_test",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: content.text === "" ? null : content.text,
          refusal: null,
          ...(content.reasoning === "" ? {} : { reasoning_content: content.reasoning }),
          ...(content.calls.length === 0
            ? {}
            : {
                tool_calls: content.calls.map((call) => ({
                  id: call.id,
                  type: "function",
                  function: { name: call.name, arguments: call.arguments },
                })),
              }),
        },
        logprobs: null,
        finish_reason: content.calls.length === 0 ? "stop" : "tool_calls",
      },
    ],
    usage,
  };
}

function pieces(text: string): string[] {
  return text.match(/.{1,7}/gs) ?? [];
}

export function openAiEvents(scene: Scene, body: Record<string, unknown>): string[] {
  const content = contentOf(scene, body);
  const head = { id: "chatcmpl-test", object: "chat.completion.chunk", created: 1_790_000_000, model };
  const event = (fields: Record<string, unknown>) =>
    `data: ${JSON.stringify({ ...head, system_fingerprint: "fp_test", ...fields })}\n\n`;
  const delta = (value: Record<string, unknown>) =>
    event({ choices: [{ index: 0, delta: value, finish_reason: null }] });
  const finish = content.calls.length === 0 ? "stop" : "tool_calls";
  const options = body["stream_options"];
  const wantsUsage =
    typeof options === "object" && options !== null && Reflect.get(options, "include_usage") === true;
  return [
    delta({ role: "assistant", content: "" }),
    ...pieces(content.reasoning).map((piece) => delta({ reasoning_content: piece })),
    ...pieces(content.text).map((piece) => delta({ content: piece })),
    ...content.calls.flatMap((call, index) => [
      delta({
        tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }],
      }),
      ...pieces(call.arguments).map((piece) =>
        delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ]),
    event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    ...(wantsUsage ? [event({ choices: [], usage })] : []),
    "data: [DONE]\n\n",
  ];
}
