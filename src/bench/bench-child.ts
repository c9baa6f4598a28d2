import { BENCHES } from './benches.js';
import type { BenchOrder, BenchWord } from './bench-word.js';
import { createStage } from './stage.js';

/** The process of one bench over one build: what other benches left in the heap is not in its figures. */
async function runOrder({ name, dist, scale }: BenchOrder): Promise<void> {
  const all = await Promise.all(BENCHES.map((load) => load()));
  const bench = all.find((one) => one.name === name);
  if (bench === undefined) throw new RangeError(`there is no bench ${name}`);
  const stage = createStage(dist, scale, (text) => tell({ say: text }));
  try {
    tell({ rows: await bench.run(stage) });
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  } finally {
    await stage.close();
  }
}

function tell(word: BenchWord): void {
  process.send?.(word);
}

process.once('message', (order: BenchOrder) => {
  void runOrder(order).finally(() => {
    process.disconnect();
    // What a bench left open must not keep its process.
    process.exit();
  });
});

// Its parent is gone, or gave it up; what it started ends with it.
for (const event of ['disconnect', 'SIGTERM', 'SIGINT']) process.once(event, () => process.exit(1));
