import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { FeedEvent, Store } from '../../src/store/store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startVirtualServer } from '../support/virtual-server.js';

const KEY = 'host-key-0001';
const MINUTE = 60_000;

/** A store whose feed of hosts can be held up, as one of a far database can. */
async function storeWithSlowFeed(data: string) {
  const real = await createSqliteStore({ path: loadConfig({ data }).config.store.path });
  const held: (() => void)[] = [];
  let slow = false;
  let commits = 0;
  const store: Store = Object.assign(Object.create(real) as Store, {
    feed: ((table, from, on) => {
      const hear = (event: FeedEvent): void => {
        if (slow && table === 'host') held.push(() => on(event));
        else on(event);
      };
      return real.feed(table, from, hear);
    }) satisfies Store['feed'],
    commit: ((changes, by) => {
      commits += 1;
      return real.commit(changes, by);
    }) satisfies Store['commit'],
    get: ((table, id) => real.get(table, id)) satisfies Store['get'],
    list: ((table) => real.list(table)) satisfies Store['list'],
    listFields: ((table, fields) => real.listFields(table, fields)) satisfies Store['listFields'],
    find: ((table, field, value) => real.find(table, field, value)) satisfies Store['find'],
    audit: ((query) => real.audit(query)) satisfies Store['audit'],
    state: (() => real.state()) satisfies Store['state'],
    onState: ((listener) => real.onState(listener)) satisfies Store['onState'],
    close: (() => real.close()) satisfies Store['close'],
  });
  return {
    store,
    commits: () => commits,
    hold: () => (slow = true),
    release: () => {
      slow = false;
      for (const tell of held.splice(0)) tell();
    },
  };
}

describe('the actor of a host', { timeout: 60_000 }, () => {
  it('whose deadline has passed waits for the world to see it, and does not try in a circle', async () => {
    const data = temporaryDirectory();
    const { store, commits, hold, release } = await storeWithSlowFeed(data);
    const w = await startVirtualServer({ data, store, set: ['max_interval_since_last_agent_update=1000000'] });
    await w.group('web');
    await w.settle(KEY);
    hold();
    await w.pass(29 * MINUTE);
    const before = commits();
    await w.pass(2 * MINUTE);
    await w.awaits(
      async () => (await store.get('host', w.host(KEY)?.id ?? ''))?.doc.active === 'inactive',
      'the store has it',
    );
    expect(w.host(KEY)?.active).toBe('active');
    // One a second at the most, while the world lags.
    expect(commits() - before).toBeLessThan(2 * 60);
    expect(commits() - before).toBeGreaterThan(0);
    release();
    await w.awaits(() => w.host(KEY)?.active === 'inactive', 'the world sees it');
    // A try that was on its way when the world saw it may still count.
    await w.pass(5_000);
    const quiet = commits();
    await w.pass(30 * MINUTE);
    expect(commits()).toBe(quiet);
    await w.awaits(() => w.subjects().length === 1, 'one mail');
  });

  it('of a stranger goes when it falls silent: any number of hostkeys may be made up', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    const { hosts } = w.server.state;
    for (let n = 0; n < 20; n += 1) await w.says('keepalive', `made-up-key-${n}`);
    expect([...hosts.keys()]).toHaveLength(21);
    await w.pass(2 * MINUTE);
    expect([...hosts.keys()]).toEqual([KEY]);
    // It is still taken when its agent starts.
    await w.settle('made-up-key-1');
    expect(w.host('made-up-key-1')?.active).toBe('active');
    await w.pass(2 * MINUTE);
    expect([...hosts.keys()].sort()).toEqual([KEY, 'made-up-key-1'].sort());
  });
});
