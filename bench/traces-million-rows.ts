/** Blocks of twenty spans: seven single calls, a trace of three calls, and an application's traced agent of ten. */
const spansPerBlock = 20;

/**
 * Realistic spans, made inside ClickHouse: two projects, seven days up to a fixed instant, ten models of seven providers, errors,
 * users, sessions, metadata, and texts with common and rare words; about 1.9 kB each. In an agent's trace the
 * application records two of its calls and the gateway records them again below.
 * @returns constant SQL with the parameters `first` (of the numbers) and `count`
 */
export const insertSpansSql = `
INSERT INTO spans (
  project_id, trace_id, span_id, parent_span_id, kind, name, source, service_name, started_at, duration_ms, ttft_ms,
  inter_token_ms, upstream_ms, status, http_status, error_code, error_message, operation, protocol, provider,
  model_asked, model_answered, response_id, finish_reasons, streamed, key_id, user_id, session_id, environment,
  release, tags, metadata, attributes, input_tokens, output_tokens, tokens, usage_status, usage_raw, cost_usd,
  price_version, cost_proof, input_preview, output_preview, input, output, raw_request, raw_response
)
WITH
  intDiv(number, ${spansPerBlock}) AS block,
  toUInt8(number % ${spansPerBlock}) AS place,
  multiIf(place < 7, place, place < 10, 7, 8) AS slot,
  lower(hex(MD5(concat('trace', toString(block), '-', toString(slot))))) AS trace,
  arrayMap(i -> substring(lower(hex(MD5(concat('span', toString(block), '-', toString(i))))), 1, 16), range(20)) AS ids,
  transform(place, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    ['workflow', 'agent', 'generation', 'span', 'generation', 'tool', 'generation', 'generation', 'retrieval', 'tool'],
    'generation') AS span_kind,
  (place < 10 OR place IN (14, 17)) AS gateway,
  cityHash64(number) AS chance,
  span_kind = 'generation' AS is_call,
  (is_call AND chance % 50 = 0) AS failed,
  1 + (chance % 97) % 10 AS pick,
  ['gpt-5', 'gpt-5-mini', 'claude-sonnet-5', 'claude-haiku-5', 'gpt-4.1', 'o4-mini', 'llama-4-70b', 'mistral-large',
   'gemma-4', 'chat'][pick] AS model,
  ['openai', 'openai', 'anthropic', 'anthropic', 'openai', 'openai', 'groq', 'mistral', 'ollama', 'sim'][pick] AS maker,
  80 + chance % 4000 AS tokens_in,
  20 + chance % 900 AS tokens_out,
  splitByChar(' ', 'river gauge the order refund customer policy ship when model answer please describe invoice travel flight hotel summary contract clause risk code function error python table index query cloud server timeout retry budget token stream weather paris berlin tokyo music garden engine bridge canal lake storm harvest market price trend signal') AS words,
  arrayStringConcat(arrayMap(i -> if(cityHash64(number, i) % 400 = 0,
    concat('rare', toString(cityHash64(i, number) % 60000)),
    words[1 + cityHash64(number, i) % length(words)]), range(40 + chance % 60)), ' ') AS question,
  arrayStringConcat(arrayMap(i -> words[1 + cityHash64(number, i, 7) % length(words)], range(30 + chance % 50)), ' ') AS answer
SELECT
  if(block % 10 = 9, 'project-b', 'project-a'),
  trace,
  ids[place + 1],
  multiIf(place <= 7 OR place = 10, '', place < 10, ids[8], place IN (11, 13, 14), ids[place], place = 17, ids[17],
    place = 12, ids[12], ids[12]),
  span_kind,
  if(gateway, concat('chat ', model), concat(span_kind, ' step')),
  if(gateway, 'gateway', 'otlp'),
  if(gateway, '', 'support-bot'),
  toDateTime64('2026-11-14 12:00:00', 6, 'UTC')
    + toIntervalMicrosecond(block * 12096000 + toUInt64(place) * 170000 + chance % 90000),
  300 + (chance % 9000) / 3.0,
  if(is_call AND chance % 2 = 0, 100 + chance % 900, NULL),
  if(is_call AND chance % 2 = 0, 12.5, NULL),
  if(gateway, 90. + chance % 300, NULL),
  if(failed, 'error', if(chance % 400 = 7, 'cancelled', 'ok')),
  if(gateway, if(failed, 429, 200), 0),
  if(failed, 'rate_limit_exceeded', ''),
  if(failed, 'The provider refused the call: too many requests for this organisation', ''),
  if(is_call, 'chat', ''),
  if(gateway, if(maker = 'anthropic', 'anthropic', 'openai'), ''),
  if(is_call, maker, ''),
  if(is_call, model, ''),
  if(is_call AND NOT failed, concat(model, '-2026-08-07'), ''),
  if(is_call, concat('chatcmpl-', lower(hex(chance))), ''),
  if(is_call, ['stop'], []),
  is_call AND chance % 2 = 0,
  if(gateway, 'key_1', ''),
  concat('user-', toString(cityHash64(block, slot) % 5000)),
  concat('session-', toString(intDiv(block, 3))),
  if(block % 7 = 0, 'staging', 'production'),
  concat('2026.11.', toString(block % 9)),
  if(chance % 3 = 0, ['beta'], ['stable', 'eu']),
  map('region', ['eu', 'us', 'apac'][1 + block % 3], 'tenant', toString(block % 300)),
  if(gateway, map(), map('http.method', 'POST', 'thread.id', toString(chance % 64))),
  if(is_call, tokens_in, 0),
  if(is_call AND NOT failed, tokens_out, 0),
  if(is_call, map('input', tokens_in, 'output', tokens_out), map()),
  if(is_call, 'reported', 'missing'),
  if(is_call, concat('{"prompt_tokens":', toString(tokens_in), ',"completion_tokens":', toString(tokens_out), '}'), ''),
  if(is_call AND model != 'gemma-4', tokens_in * 2e-6 + tokens_out * 8e-6, NULL),
  if(is_call, 'genai-prices@1', ''),
  if(is_call, '{"status":"priced","totalUsd":0.01,"lines":[],"priceModel":"m","priceVersion":"genai-prices@1","note":""}', ''),
  substring(question, 1, 200),
  substring(answer, 1, 200),
  if(gateway OR NOT is_call, '', concat('[{"role":"user","parts":[{"type":"text","content":"', question, '"}]}]')),
  if(is_call, concat('[{"role":"assistant","parts":[{"type":"text","content":"', answer, '"}]}]'), ''),
  if(gateway, concat('{"model":"', model, '","messages":[{"role":"user","content":"', question, '"}]}'), ''),
  if(gateway, concat('{"id":"chatcmpl-1","choices":[{"message":{"role":"assistant","content":"', answer, '"}}]}'), '')
FROM numbers({first:UInt64}, {count:UInt64})`;

/** One trace of 30,000 spans, each below one of its predecessors, with previews as long as they may be. */
export const wideTraceId = "f".repeat(32);
export const insertWideTraceSql = `
INSERT INTO spans (
  project_id, trace_id, span_id, parent_span_id, kind, name, source, service_name, started_at, duration_ms, status,
  input_preview, output_preview, output
)
SELECT
  'project-a', '${wideTraceId}', lower(leftPad(hex(number + 1), 16, '0')),
  if(number = 0, '', lower(leftPad(hex(intDiv(number, 8) + 1), 16, '0'))), 'tool', 'look up order', 'otlp', 'shop',
  toDateTime64('2026-11-20 12:00:00', 6, 'UTC') + toIntervalMicrosecond(number * 1000), 5, 'ok',
  repeat('preview ', 25), repeat('preview ', 25), repeat('the answer ', 100)
FROM numbers(30000)`;
