import { expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { listenAsAgent, report, reportOf, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const ZONE = { id: 'z', name: 'db', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] };
const NAMING = { ...RULE, group_type: 'ZONE', group: 'z' };

/** The zone goes before there is a set of it; the group `web` has been compiled with it. */
async function removeAtOnce({ server: { state } }: WholeServer, group: string): Promise<void> {
  const { outputs, store, sets } = state;
  await until(() => outputs.get(group)?.ruleset.sets.includes('db_zv4'), 'it names the set');
  expect(sets.published?.names.has('db_zv4')).toBe(false);
  await store.commit([{ op: 'remove', table: 'zone', id: 'z' }], { author: 'test' });
  await until(() => outputs.failures.has(group), 'it compiles no more');
}

// A set goes out a while after it was edited.
const SET = ['publish_quiet_ms=2000'];

it('a ruleset whose set was gone before any host could have it gives way to what hosts have', async () => {
  const w = await startWholeServer({ set: SET });
  const { ruleset, group } = await w.group('web', [RULE]);
  const { outputs, store } = w.server.state;
  await until(() => outputs.get(group)?.publishedAt, 'hosts can have it');
  const before = outputs.get(group)?.ruleset.id;
  const naming = { inbound: [NAMING], outbound: [] };
  await store.commit(
    [
      { op: 'upsert', table: 'zone', id: 'z', edit: () => ZONE },
      { op: 'edit', table: 'ruleset', id: ruleset, edit: (row) => ({ ...row, rules: naming }) },
    ],
    { author: 'test' },
  );
  await removeAtOnce(w, group);
  await until(() => outputs.get(group)?.ruleset.id === before, 'it has what hosts have');
  const ear = await listenAsAgent(w.broker, { hostkey: 'late', group: 'web' });
  await report(ear.connection, 'force', reportOf('late', 'web'));
  await until(() => ear.rulesets().length > 0, 'a host that comes is sent it');
  const { json } = await w.api('GET', `/api/V2/host/${w.host('late')?.id}/drift`);
  expect(json.not_sent).toBeNull();
});

it('a group that never had another one has none then, and says why', async () => {
  const w = await startWholeServer({ set: SET });
  const { state } = w.server;
  const { ruleset, profile } = await w.profile('web', [RULE]);
  const group = await w.create('group', { name: 'web', description: '' });
  await until(() => state.sets.published?.names.has('web_gv4'), 'the first sets are out');
  const rules = { inbound: [NAMING], outbound: [] };
  await state.store.commit(
    [
      { op: 'upsert', table: 'zone', id: 'z', edit: () => ZONE },
      { op: 'edit', table: 'ruleset', id: ruleset, edit: (row) => ({ ...row, rules }) },
      { op: 'edit', table: 'group', id: group, edit: (row) => ({ ...row, profile_id: profile }) },
    ],
    { author: 'test' },
  );
  await removeAtOnce(w, group);
  await until(() => state.outputs.get(group) === undefined, 'it has none');
  expect((await w.api('GET', '/api/V2/groups/status')).text).toContain('never had a ruleset that compiles');
});
