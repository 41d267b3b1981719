import { connectClickHouse, connectPostgres, StoreError } from "@weir/store";

const answerMaxMs = 5_000;

/** How an engine of one's own answered. `problem` is empty when it did, else a sentence; `mend` is what to do then. */
interface EngineTrial {
  /** As people call it: `Postgres`, `ClickHouse`. */
  title: string;
  problem: string;
  mend: string;
}

/**
 * Signs in to the engines that are given by URL and asks each for one answer; nothing in them is changed. The embedded
 * ones are not tried: they start with Weir.
 */
export async function tryEngines(config: {
  postgresUrl: string | null;
  clickhouseUrl: string | null;
}): Promise<EngineTrial[]> {
  const { postgresUrl, clickhouseUrl } = config;
  const trials: Promise<EngineTrial>[] = [];
  if (postgresUrl !== null) {
    const connect = () => connectPostgres({ url: postgresUrl, statementTimeoutMs: answerMaxMs });
    trials.push(tryEngine("Postgres", connect));
  }
  if (clickhouseUrl !== null) {
    const connect = () => connectClickHouse({ url: clickhouseUrl, requestTimeoutMs: answerMaxMs });
    trials.push(tryEngine("ClickHouse", connect));
  }
  return Promise.all(trials);
}

async function tryEngine(
  title: string,
  connect: () => { ping(): Promise<void>; close(): Promise<void> },
): Promise<EngineTrial> {
  const connection = connect();
  try {
    await connection.ping();
    return { title, problem: "", mend: "" };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { title, problem: error.message, mend: error.mend };
  } finally {
    await connection.close();
  }
}
