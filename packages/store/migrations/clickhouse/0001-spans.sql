-- The spine of the record: one row per span. The columns are exactly the keys of `spanRowSchema`
-- (packages/schema/src/span.ts), so a spool line is inserted as it stands; a test compares the two.
--
-- How to read it
-- * By time: `WHERE project_id = ... AND started_at BETWEEN ... ORDER BY started_at DESC LIMIT ...` walks the sorting
--   key backwards. By trace, user, session or response id the bloom filters skip what cannot match; give a time
--   range as well where one is known. Lists leave the wide columns (input ... links) unread.
-- * Full text: `hasAllTokens(<expression>, 'words')` with exactly the expression of the index, or the index is not
--   used. The texts are JSON, so the escapes of line breaks and tabs are blanked: without that the first word of a
--   line would be indexed with an n in front. Joined by OR all four indexes are used.
-- * Figures by minute: the projection `overview_by_minute` answers when the query names nothing but its keys and
--   its aggregates, each written exactly so: `toStartOfHour(toStartOfMinute(started_at))` works,
--   `toStartOfHour(started_at)` reads the rows. It gives the same numbers either way, only sooner. The quantiles
--   are states: finish them with `quantilesTDigestMerge` in an outer query, at as many levels as are wanted.
--
-- The rollup is a projection and not a materialised view because a projection is written inside the part that holds
-- its rows: whatever is killed, deleted or inserted twice, the sums cannot differ from the rows they count.
CREATE TABLE IF NOT EXISTS spans
(
    project_id LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    name String CODEC(ZSTD(1)),
    source LowCardinality(String),
    service_name LowCardinality(String),
    started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ms Float64 CODEC(ZSTD(1)),
    ttft_ms Nullable(Float64) CODEC(ZSTD(1)),
    inter_token_ms Nullable(Float64) CODEC(ZSTD(1)),
    upstream_ms Nullable(Float64) CODEC(ZSTD(1)),
    status LowCardinality(String),
    http_status UInt16 CODEC(ZSTD(1)),
    error_code LowCardinality(String),
    error_message String CODEC(ZSTD(1)),

    operation LowCardinality(String),
    protocol LowCardinality(String),
    provider LowCardinality(String),
    model_asked LowCardinality(String),
    model_answered LowCardinality(String),
    provider_fingerprint LowCardinality(String),
    response_id String CODEC(ZSTD(1)),
    finish_reasons Array(LowCardinality(String)),
    streamed Bool,

    key_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    environment LowCardinality(String),
    release LowCardinality(String),
    tags Array(LowCardinality(String)),
    metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    versions Map(LowCardinality(String), String) CODEC(ZSTD(1)),

    input_tokens UInt64 CODEC(ZSTD(1)),
    output_tokens UInt64 CODEC(ZSTD(1)),
    tokens Map(LowCardinality(String), UInt64) CODEC(ZSTD(1)),
    usage_status LowCardinality(String) DEFAULT 'missing',
    usage_raw String CODEC(ZSTD(1)),
    cost_usd Nullable(Float64) CODEC(ZSTD(1)),
    price_version LowCardinality(String),
    cost_proof String CODEC(ZSTD(1)),

    input_preview String CODEC(ZSTD(1)),
    output_preview String CODEC(ZSTD(1)),
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    raw_request String CODEC(ZSTD(3)),
    raw_response String CODEC(ZSTD(3)),
    upstream_request String CODEC(ZSTD(3)),
    receipt String CODEC(ZSTD(1)),
    events String CODEC(ZSTD(1)),
    links String CODEC(ZSTD(1)),

    -- When the row arrived. A list that is read page by page leaves out what arrived after its first page.
    inserted_at DateTime64(3, 'UTC') MATERIALIZED now64(3) CODEC(Delta, ZSTD(1)),

    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_user user_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_response response_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX words_of_input lower(replaceRegexpAll(input, '\\\\[nrt]', ' ')) TYPE text(tokenizer = 'splitByNonAlpha') GRANULARITY 100000000,
    INDEX words_of_output lower(replaceRegexpAll(output, '\\\\[nrt]', ' ')) TYPE text(tokenizer = 'splitByNonAlpha') GRANULARITY 100000000,
    INDEX words_of_request lower(replaceRegexpAll(raw_request, '\\\\[nrt]', ' ')) TYPE text(tokenizer = 'splitByNonAlpha') GRANULARITY 100000000,
    INDEX words_of_error lower(error_message) TYPE text(tokenizer = 'splitByNonAlpha') GRANULARITY 100000000,

    PROJECTION overview_by_minute
    (
        SELECT
            project_id,
            toStartOfMinute(started_at),
            environment,
            source,
            kind,
            provider,
            model_asked,
            model_answered,
            count(),
            countIf(status = 'error'),
            countIf(status = 'cancelled'),
            countIf(cost_usd IS NULL AND input_tokens + output_tokens > 0),
            sum(cost_usd),
            sum(input_tokens),
            sum(output_tokens),
            quantilesTDigestState(0.5, 0.95, 0.99)(duration_ms),
            quantilesTDigestState(0.5, 0.95, 0.99)(ttft_ms)
        GROUP BY
            project_id,
            toStartOfMinute(started_at),
            environment,
            source,
            kind,
            provider,
            model_asked,
            model_answered
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(started_at)
PRIMARY KEY (project_id, started_at)
ORDER BY (project_id, started_at, trace_id, span_id)
-- The window remembers the tokens of the newest inserts, so that a batch sent twice is taken once.
-- A page of a filtered list reads a granule for each of its traces: small ones make that a third cheaper.
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 2048;
