import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { createJournal } from '../../src/server/opening/create-journal.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function silent() {
  return undefined;
}
const log = { debug: silent, info: silent, warn: silent, error: silent };

it('counts the messages of an earlier run that are too old to be sent', async () => {
  const { config } = loadConfig({
    set: [`queuejournal.dir=${temporaryDirectory()}`, 'queuejournal.max_age_seconds=60', 'broker.kind=amqp'],
  });
  const metrics = createMetrics();
  const open = () => createJournal({ config, log, metrics });
  const first = await open();
  const publication = {
    exchange: 'e',
    routingKey: 'k',
    body: Buffer.of(1),
    contentType: 'text/plain',
    persistent: true,
  };
  const record = { class: 'config', publication, after: [] } as const;
  await first?.append({ ...record, target: 'config/old', seq: 1, at: 0 });
  await first?.append({ ...record, target: 'config/new', seq: 2, at: Date.now() });
  await first?.close();
  const second = await open();
  expect(second?.recovered.map(({ target }) => target)).toEqual(['config/new']);
  await second?.close();
  const text = await metrics.registry.metrics();
  expect(text).toContain('dog_trainer_journal_dropped_total{map_key="too_old"} 1\n');
  expect(text).toContain('dog_trainer_journal_dropped_total{map_key="another_server_led"} 0\n');
});
