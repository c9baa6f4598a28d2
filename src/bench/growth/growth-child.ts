import { createStage } from '../stage.js';
import { GROWTH_SUBJECTS, type GrowthOrder, type GrowthWord } from './growth-subjects.js';

/** The process of one sample: it begins as a server does, with nothing compiled by V8 and an empty heap. */
async function sample({ subject, dist, amount, times }: GrowthOrder): Promise<GrowthWord> {
  const stage = createStage(dist, 1, () => undefined);
  try {
    let ms = 0;
    for (let time = 0; time < times; time += 1) ms += await GROWTH_SUBJECTS[subject](stage, amount);
    return { ms: ms / times };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    await stage.close();
  }
}

process.once('message', (order: GrowthOrder) => {
  void sample(order).then((word) => process.send?.(word, () => process.exit()));
});

// Its bench is gone.
process.once('disconnect', () => process.exit(1));
