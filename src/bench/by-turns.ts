/** Milliseconds, or whatever the row's unit is. */
type Measure = () => number | Promise<number>;

/**
 * Samples of several sides by turns, each second round in reverse, so that a machine that warms up or slows down does the
 * same to all sides. One round before the first is thrown away.
 */
export async function byTurns<Side extends string>(
  rounds: number,
  sides: Readonly<Record<Side, Measure>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  for (let round = -1; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const sample = await sides[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Milliseconds that `work` takes, waiting for it. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
