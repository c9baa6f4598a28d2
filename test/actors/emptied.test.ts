import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { Document } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { RULE } from '../support/api-client.js';
import { besideOthers } from '../support/on-test-finished.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, until } from '../support/whole-server.js';

const OPTIONS = { set: ['ruleset_dialect=dog2', 'log.level=info'] };

async function started() {
  const logs = temporaryDirectory();
  const w = await startWholeServer({ set: [...OPTIONS.set, `log.dir=${logs}`] });
  const { state } = w.server;
  const addresses = { ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] };
  const zone = await w.create('zone', { name: 'office', ...addresses });
  const spare = await w.create('zone', { name: 'spare', ...addresses });
  const db = await w.group('db', [{ ...RULE, group_type: 'ZONE', group: zone }]);
  const contents = () => state.sets.published?.contents;
  const keeper = () =>
    w
      .tree()
      .children?.find(({ id }) => id === 'publishers_sup')
      ?.children?.find(({ id }) => id === 'last_good_keeper');
  await until(() => contents()?.get('office_zv4')?.length === 1 && contents()?.has('spare_zv4'), 'the sets');
  await until(() => state.outputs.get(db.group)?.publishedAt !== null, 'the rules');
  /** The keeper has looked at what there is now. */
  const looked = async () => {
    const seen = keeper()?.handled ?? 0;
    await until(() => (keeper()?.handled ?? 0) >= seen + 2, 'two looks');
  };
  await looked();
  const alarm = (who: string) => state.alarms.get(`policy.emptied:${who}`)?.text;
  const warned = (part: string) =>
    readFileSync(join(logs, 'console.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(part) && line.includes('"level":"warn"'));
  return { w, zone, spare, db, addresses, alarm, warned, contents, looked };
}

it.concurrent(
  'an edit that takes away all addresses of a set in use is obeyed, and people are told until it has some again',
  besideOthers(async () => {
    const { w, zone, spare, addresses, alarm, warned, contents, looked } = await started();
    const none = { ipv4_addresses: [], ipv6_addresses: [] };
    await w.edit('zone', spare, none);
    await w.edit('zone', zone, none);
    await until(() => alarm('office_zv4'), 'the alarm');
    expect(alarm('office_zv4')).toContain('an edit took away all addresses of the set office_zv4');
    expect(contents()?.get('office_zv4')).toEqual([]);
    expect(JSON.stringify((await w.api('GET', '/readyz')).json)).toContain('office_zv4');
    await until(() => warned('office_zv4').length > 0, 'the warning');
    // Nobody uses this one.
    expect(alarm('spare_zv4')).toBeUndefined();
    await w.edit('zone', zone, addresses);
    await until(() => alarm('office_zv4') === undefined, 'the end of it');
    await looked();
    expect(warned('office_zv4')).toHaveLength(1);
  }),
);

it.concurrent(
  'an edit that takes away all rules of a ruleset in use is obeyed, and people are told until it has some again',
  besideOthers(async () => {
    const { w, zone, db, alarm, warned } = await started();
    const before = w.server.state.outputs.get(db.group)?.ruleset.id;
    await w.edit('ruleset', db.ruleset, { rules: { inbound: [], outbound: [] } });
    await until(() => alarm('ruleset/db'), 'the alarm');
    expect(alarm('ruleset/db')).toContain('an edit took away all rules of the group db, and was obeyed');
    expect(w.server.state.outputs.get(db.group)?.ruleset.id).not.toBe(before);
    expect(JSON.stringify((await w.api('GET', '/readyz')).json)).toContain('all rules of the group db');
    await until(() => warned('all rules of the group db').length > 0, 'the warning');
    const inbound = [{ ...RULE, group_type: 'ZONE', group: zone }];
    await w.edit('ruleset', db.ruleset, { rules: { inbound, outbound: [] } });
    await until(() => alarm('ruleset/db') === undefined, 'the end of it');
  }),
);

it.concurrent(
  'after a restart people are told of both again, and of an edit that was made while no server ran',
  besideOthers(async () => {
    const { w, zone, spare, alarm } = await started();
    const web = await w.group('web', [{ ...RULE, group_type: 'ZONE', group: spare }]);
    const mail = await w.group('mail', [{ ...RULE, group_type: 'ZONE', group: spare }]);
    await w.group('bare', []);
    await w.edit('zone', zone, { ipv4_addresses: [], ipv6_addresses: [] });
    await until(() => alarm('office_zv4'), 'the alarm of the set');
    await w.edit('ruleset', web.ruleset, { rules: { inbound: [], outbound: [] } });
    await until(() => alarm('ruleset/web'), 'the alarm of the rules');
    await w.stop();
    const store = await createSqliteStore({ path: loadConfig({ data: w.data }).config.store.path });
    const edit = (doc: Document | undefined) => ({ ...doc, id: mail.ruleset, rules: { inbound: [], outbound: [] } });
    await store.commit([{ op: 'upsert', table: 'ruleset', id: mail.ruleset, edit }], {
      author: 'somebody',
      audit: true,
    });
    await store.close();
    const next = await startWholeServer({ ...OPTIONS, data: w.data });
    const told = () => next.server.state.alarms.list().flatMap(({ id }) => (id.startsWith('policy.') ? [id] : []));
    const wanted = ['office_zv4', 'ruleset/mail', 'ruleset/web'].map((who) => `policy.emptied:${who}`);
    // A group that never had a rule is no news.
    await until(() => told().sort().join() === wanted.join(), wanted.join());
  }),
);
