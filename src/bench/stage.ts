import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './bench.js';
import { startRabbit, type PrivateRabbit } from './peers/private-rabbit.js';

/** A stage, and its end. */
export interface OwnStage extends Stage {
  /** Stops its RabbitMQ and removes its directories. */
  close(): Promise<void>;
}

/**
 * @param dist - of the build that is measured; ends with `/`
 * @param scale - by what counts are divided; 1 for figures that mean something
 */
export function createStage(dist: string, scale: number, say: (text: string) => void): OwnStage {
  const directories: string[] = [];
  let rabbit: Promise<PrivateRabbit> | undefined;
  return {
    dist,
    scaled: (count) => Math.max(2, Math.round(count / scale)),
    say,
    rabbit: () => (rabbit ??= startedRabbit()),
    async directory() {
      const directory = await mkdtemp(join(tmpdir(), 'dog-bench-'));
      directories.push(directory);
      return directory;
    },
    async close() {
      // One that did not start has been told where it was asked for.
      await rabbit?.then(
        (started) => started.close(),
        () => undefined,
      );
      await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
    },
  };
}

async function startedRabbit(): Promise<PrivateRabbit> {
  const started = await startRabbit();
  if ('unavailable' in started) throw new Error(started.unavailable);
  return started;
}
