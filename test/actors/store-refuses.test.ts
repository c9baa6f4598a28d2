import { expect, describe, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { Table } from '../../src/model/document.js';
import type { ActorNode } from '../../src/otp/index.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { StoreError, type Store, type StoreErrorCode } from '../../src/store/store.js';
import { RULE } from '../support/api-client.js';
import { onTestFinished, sideBySide } from '../support/on-test-finished.js';
import { listenAsAgent, listenToAll, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const HOST = 'a-host-of-web';
/** All that the server itself writes; editors write the others. */
const OWN: readonly Table[] = ['ipset', 'group', 'setting', 'ruleset_output', 'ruleset_text', 'host', 'host_report'];

/** A store that refuses to write these tables, as long as it is told to. */
async function refusing() {
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const now: { code: StoreErrorCode | undefined; refused: number; tables: readonly Table[] } = {
    code: undefined,
    refused: 0,
    tables: [],
  };
  const own: Store = {
    kind: store.kind,
    now: () => store.now(),
    get: (table, id) => store.get(table, id),
    list: (table) => store.list(table),
    listFields: (table, fields) => store.listFields(table, fields),
    find: (table, field, value) => store.find(table, field, value),
    commit(changes, by) {
      const { code } = now;
      if (code === undefined || !changes.some(({ table }) => now.tables.includes(table)))
        return store.commit(changes, by);
      now.refused += 1;
      return Promise.reject(new StoreError(code, `refused by the test: ${code}`));
    },
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => store.audit(query),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => Promise.resolve(),
  };
  return { own, now };
}

function restarts({ restarts: own = 0, children = [] }: ActorNode): number {
  return own + children.reduce((sum, child) => sum + restarts(child), 0);
}

describe('a store that refuses what the server itself writes', { timeout: 120_000 }, () => {
  it.concurrent.for<StoreErrorCode>([
    'full',
    'corrupt',
    'busy',
    'unavailable',
    'timeout',
    'unknown_outcome',
    'refused',
  ])(
    'with %s: nobody crashes, nothing is sent twice, and all goes on when it takes it again',
    sideBySide(async (code) => {
      const { own, now } = await refusing();
      const broker = createMemoryBroker();
      const w = await startWholeServer({ store: own, broker });
      const { ruleset, group } = await w.group('web');
      const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['10.9.0.1'], ipv6_addresses: [] });
      const ear = await listenAsAgent(broker, { hostkey: HOST, group: 'web' });
      await report(ear.connection, 'force', reportOf(HOST, 'web'));
      await until(() => w.host(HOST) !== undefined, 'registered');
      await report(ear.connection, 'keepalive', reportOf(HOST, 'web'));
      await until(() => w.host(HOST)?.active === 'active', 'active');
      const { sets, notes, confirmedSets } = w.server.state;
      const settled = () =>
        sets.published?.text === sets.render().text && notes.size === 0 && confirmedSets.unrecorded().length === 0;
      await until(settled, 'settled');
      const wire = await listenToAll(broker);
      const sent = (key: string): number => wire.keys().filter((each) => each === key).length;

      Object.assign(now, {
        code,
        tables: OWN.filter((table) => table !== 'ruleset_output' && table !== 'ruleset_text'),
      });
      await w.edit('zone', zone, { ipv4_addresses: ['10.9.0.2'] });
      await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'second' }], outbound: [] } });
      await until(() => sent('sets') === 1 && sent('*.*.web.*') === 1, 'published');
      await report(ear.connection, 'keepalive', reportOf(HOST, 'web', { version: 'later' }));
      // Notes and the report are tried several times.
      await until(() => now.refused >= 12, 'refused');
      now.tables = OWN;
      await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'third' }], outbound: [] } });
      const before = now.refused;
      await until(() => now.refused >= before + 4, 'refused more');
      expect([sent('sets'), sent('*.*.web.*')]).toEqual([1, 1]);
      expect(restarts(w.tree())).toBe(0);

      now.code = undefined;
      await until(() => wire.texts('*.*.web.*').at(-1)?.includes('third'), 'goes on');
      await until(() => w.host(HOST)?.version === 'later', 'the report is taken');
      await w.reaches(group, 'published');
      await until(() => settled(), 'noted');
      expect([sent('sets'), sent('*.*.web.*')]).toEqual([1, 2]);
      expect(restarts(w.tree())).toBe(0);
    }),
  );
});
