/** Statements that run at the same time; others wait. Inserts have a lane of their own, so that no dashboard delays them. */
export const readLaneMax = 4;
export const writeLaneMax = 2;
/** Threads for native calls: both lanes, the two connections of our own, and room for compression. */
export const nativeThreadsMax = readLaneMax + writeLaneMax + 4;

/** How much the engine may use. Everything else keeps ClickHouse's defaults. */
export interface EngineLimits {
  /** All queries, inserts, merges and caches together. */
  memoryMaxBytes: number;
  /** One query or insert. */
  queryMemoryMaxBytes: number;
  queryMaxMs: number;
  threadsMax: number;
  /** Merges go on beside the calls all the time: on a small machine they must leave a core alone. */
  mergeThreads: number;
}

/** Merges under way at once; their threads take turns with them, so that a long one does not hold up the short. */
const mergesMax = 4;
const mebibyte = 1024 * 1024;

/** A quarter of the machine, within what a laptop can spare and what an insert needs. */
export function engineLimits(machine: { memoryBytes: number; cores: number }): EngineLimits {
  const memoryMaxBytes = clamp(Math.floor(machine.memoryBytes / 4), 640 * mebibyte, 4096 * mebibyte);
  return {
    memoryMaxBytes,
    queryMemoryMaxBytes: Math.floor(memoryMaxBytes * 0.6),
    queryMaxMs: 60_000,
    threadsMax: clamp(machine.cores, 1, 4),
    mergeThreads: machine.cores > 2 ? 2 : 1,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/**
 * ClickHouse's configuration for an engine that shares a machine: small caches, few background threads. None of
 * the `system.*_log` tables is named, so none is written: they cannot outgrow the data.
 */
export function engineConfigXml(limits: EngineLimits): string {
  const values: Record<string, number | string> = {
    max_server_memory_usage: limits.memoryMaxBytes,
    mark_cache_size: 32 * mebibyte,
    index_mark_cache_size: 16 * mebibyte,
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    compiled_expression_cache_size: 8 * mebibyte,
    query_condition_cache_size: 8 * mebibyte,
    text_index_dictionary_block_cache_size: 16 * mebibyte,
    text_index_header_cache_size: 16 * mebibyte,
    text_index_postings_cache_size: 16 * mebibyte,
    mmap_cache_size: 64,
    background_pool_size: limits.mergeThreads,
    background_merges_mutations_concurrency_ratio: mergesMax / limits.mergeThreads,
    background_schedule_pool_size: 2,
    background_common_pool_size: 2,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    max_thread_pool_size: 256,
    max_thread_pool_free_size: 8,
    max_io_thread_pool_size: 8,
    max_active_parts_loading_thread_pool_size: 2,
  };
  const lines = Object.entries(values).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return `<clickhouse>
  <logger><level>none</level><console>0</console></logger>
${lines.join("\n")}
  <!-- With a pool this small the defaults would keep merges and mutations waiting for free places for ever. -->
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
  </merge_tree>
</clickhouse>
`;
}

/** Settings of every statement unless the caller sends its own. */
export function baselineSettings(limits: EngineLimits): Record<string, string> {
  return {
    max_memory_usage: String(limits.queryMemoryMaxBytes),
    max_execution_time: String(limits.queryMaxMs / 1000),
    max_threads: String(limits.threadsMax),
    max_insert_threads: "1",
    // A copy of the input per thread buys nothing at the sizes we insert.
    input_format_parallel_parsing: "0",
    max_result_bytes: String(Math.floor(limits.queryMemoryMaxBytes / 2)),
    max_partitions_per_insert_block: "0",
    // `clickhouse-local` guesses; a server does not, and we stand in for a server.
    input_format_skip_unknown_fields: "0",
  };
}
