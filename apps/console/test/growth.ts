const measuredMicros = 2000;

/** How long a run keeps the processor, in microseconds; short ones are repeated until there is something to measure. */
function costOf(run: () => unknown): number {
  const before = process.threadCpuUsage();
  for (let runs = 1; ; runs += 1) {
    run();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= measuredMicros) return (user + system) / runs;
  }
}

/**
 * The exponent with which the cost of `run` grows between two sizes of its input: 1 where it doubles with the input, 2
 * where it is then four times as much. How fast the machine is, is in both costs and hence in neither; what else it
 * does is in none, and of several measurements the smallest counts.
 */
export function growthExponent<Input>({
  inputOf,
  from,
  to,
  run,
}: {
  inputOf: (size: number) => Input;
  from: number;
  to: number;
  run: (input: Input) => unknown;
}): number {
  const small = inputOf(from);
  const large = inputOf(to);
  const costs = Array.from({ length: 5 }, () => ({
    small: costOf(() => run(small)),
    large: costOf(() => run(large)),
  }));
  const least = (size: "small" | "large"): number => Math.min(...costs.map((each) => each[size]));
  return Math.log(least("large") / least("small")) / Math.log(to / from);
}
