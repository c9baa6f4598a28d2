import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { ActorNode } from '../../src/otp/index.js';
import { RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

/** The in-process broker behind the configuration of a real one, so that there is a journal. */
const AMQP = ['broker.kind=amqp', 'broker.url=amqp://127.0.0.1:1/', 'shutdown_seconds=2'];

async function withGroup(w: WholeServer): Promise<string> {
  const { profile } = await w.profile('web', [RULE]);
  return w.create('group', {
    name: 'web',
    description: '',
    profile_id: profile,
    profile_name: 'web',
    profile_version: 'latest',
  });
}

function outbox(w: WholeServer): ActorNode['detail'] {
  const sup = w.tree().children?.find(({ id }) => id === 'broker_sup');
  return sup?.children?.find(({ id }) => id === 'outbox')?.detail;
}

describe('what a stop says is left', () => {
  it('names rulesets that are held back, and the next start sends them', async () => {
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const first = await startWholeServer({ data, broker });
    await first.api('POST', '/api/V2/publishing', { paused: true });
    const group = await withGroup(first);
    await until(() => first.server.context.outputs.get(group), 'compiled');
    expect(await first.stop()).toEqual([
      '1 rulesets held back because publishing is paused (kept in the store, sent after the next start)',
    ]);
    const second = await startWholeServer({ data, broker });
    await second.api('POST', '/api/V2/publishing', { paused: false });
    await second.reaches(group, 'published');
    expect(await second.stop()).toEqual([]);
  });

  it('says that the journal keeps what waits for the broker, and the next start sends it', async () => {
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const first = await startWholeServer({ data, broker, set: AMQP });
    broker.block('low on memory');
    await withGroup(first);
    await until(() => first.server.context.outbox.depth() > 1, 'sets and ruleset wait');
    const left = await first.stop();
    expect(left).toEqual([
      expect.stringMatching(/^\d+ messages that the broker has not confirmed \(kept in the journal\)$/),
    ]);
    broker.unblock();
    const second = await startWholeServer({ data, broker, set: AMQP });
    await until(() => second.server.context.outbox.snapshot().confirmed >= 2, 'confirmed');
    expect(await second.stop()).toEqual([]);
  });

  it('shows a journal that fails, and does not claim that it keeps anything', async () => {
    const broker = createMemoryBroker();
    const w = await startWholeServer({ broker, set: [...AMQP, 'queuejournal.max_bytes=200'] });
    broker.block('low on memory');
    await withGroup(w);
    await until(() => w.server.context.outbox.snapshot().journalFailure, 'the journal fails');
    expect((await w.api('GET', '/readyz')).text).toContain('journal: what waits is not kept on disk');
    expect(outbox(w)?.journal_failure).toEqual(expect.any(String));
    const metrics = await (await fetch(`${w.server.listening.metrics}/metrics`)).text();
    expect(metrics).toMatch(/dog_trainer_outage\{[^}]*="journal"\} 1/);
    const left = await w.stop();
    expect(left).toHaveLength(1);
    expect(left[0]).not.toContain('kept in the journal');
  });
});
