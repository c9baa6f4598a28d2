import { describe, expect, it } from 'vitest';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';

const KEY = 'host-key-0001';

/** A host of group web that an operator moved to db, and whose agent followed. */
async function moved(set: readonly string[]): Promise<VirtualServer> {
  const w = await startVirtualServer({ set: [...set] });
  for (const group of ['web', 'db', 'open']) await w.group(group, []);
  await w.settle(KEY);
  await w.edit('host', String(w.host(KEY)?.id), { group: 'db' });
  await w.says('keepalive', KEY, { group: 'web' });
  await w.awaits(() => w.host(KEY)?.group_pending === true, 'pending');
  await w.says('keepalive', KEY, { group: 'db' });
  await w.awaits(() => w.host(KEY)?.group_pending === undefined, 'agreed');
  return w;
}

describe('who owns the group of a host', { timeout: 120_000 }, () => {
  it.each([['ruleset_dialect=dog2'], ['ruleset_dialect=dog1', 'host.group_owner=operator']])(
    'operator (%s): a report does not take the host out of the group that an operator gave it; the claim is shown',
    async (...set) => {
      const w = await moved(set);
      await w.says('update', KEY, { group: 'open' });
      await w.awaits(() => w.host(KEY)?.group_claimed === 'open', 'the claim');
      expect(w.host(KEY)).toMatchObject({ group: 'db', group_pending: true });
      await w.says('force', KEY, { group: 'open' });
      await w.says('keepalive', KEY, { group: 'open', version: 'again' });
      await w.awaits(() => w.host(KEY)?.version === 'again', 'taken');
      expect(w.host(KEY)).toMatchObject({ group: 'db', group_claimed: 'open' });
      await w.says('keepalive', KEY, { group: 'db' });
      await w.awaits(() => w.host(KEY)?.group_claimed === undefined, 'agreed');
    },
  );

  it.each([['ruleset_dialect=dog1'], ['ruleset_dialect=dog2', 'host.group_owner=report']])(
    'report (%s): a new group in the report moves the host',
    async (...set) => {
      const w = await moved(set);
      await w.says('update', KEY, { group: 'open' });
      await w.awaits(() => w.host(KEY)?.group === 'open', 'moved');
      expect(w.host(KEY)?.group_claimed).toBeUndefined();
    },
  );

  it('operator: a group that nobody set over the API goes on following the agent’s own configuration', async () => {
    const w = await startVirtualServer({ set: ['ruleset_dialect=dog2'] });
    for (const group of ['web', 'db']) await w.group(group, []);
    await w.settle(KEY);
    await w.says('update', KEY, { group: 'db' });
    await w.awaits(() => w.host(KEY)?.group === 'db', 'moved');
    await w.says('update', KEY, { group: 'web' });
    await w.awaits(() => w.host(KEY)?.group === 'web', 'moved back');
  });
});
