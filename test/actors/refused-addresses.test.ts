import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const KEY = 'agent-01';
async function refusedOf(w: Awaited<ReturnType<typeof startWholeServer>>): Promise<readonly JsonObject[]> {
  return (await w.api('GET', '/api/V2/hosts/refused')).json as unknown as JsonObject[];
}

it('a report with whole networks is refused by name, raises an alarm, and widens no set; a good one ends it', async () => {
  const w = await startWholeServer();
  await w.group('web');
  const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
  const good = reportOf(KEY, 'web');
  await report(ear.connection, 'force', good);
  await until(() => w.host(KEY), 'a hostkey of eight characters registers');
  await report(ear.connection, 'keepalive', good);
  await until(() => ear.sets().at(-1)?.includes('add web_gv4n 10.1.1.51'), 'its address is in the set');

  const world = '{"eth0":["10.1.1.51","0.0.0.0/0","10.0.0.0/8","2000::/3"]}';
  await report(ear.connection, 'update', reportOf(KEY, 'web', { interfaces: world }));
  const [entry] = await until(async () => {
    const list = await refusedOf(w);
    return list.length > 0 ? list : undefined;
  }, 'shown as refused');
  expect(entry).toMatchObject({ hostkey: KEY, reason: 'addresses' });
  expect(entry?.detail).toContain('"0.0.0.0/0" of interface "eth0" is a whole network');
  const { alarms } = w.server.state;
  expect(alarms.get('intake.addresses')?.text).toContain(KEY);
  expect(w.host(KEY)?.interfaces).toBe(good.interfaces);
  expect(ear.sets().join('\n')).not.toMatch(/0\.0\.0\.0|10\.0\.0\.0|2000::/);

  await report(ear.connection, 'keepalive', good);
  await until(() => alarms.get('intake.addresses') === undefined, 'the alarm is over');
  expect(await refusedOf(w)).toEqual([]);
});

it('the alarm of a host that is deleted is cleared', async () => {
  const w = await startWholeServer();
  await w.group('web');
  const { connection } = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
  await report(connection, 'force', reportOf(KEY, 'web'));
  const { id } = await until(() => w.host(KEY), 'registered');
  await report(connection, 'keepalive', reportOf(KEY, 'web', { interfaces: '{"eth0":["224.0.0.1"]}' }));
  const { alarms } = w.server.state;
  await until(() => alarms.get('intake.addresses'), 'the alarm');
  expect((await w.api('DELETE', `/api/V2/host/${id}`)).status).toBe(204);
  await until(() => alarms.get('intake.addresses') === undefined, 'cleared');
});

it('rows stored with networks or with too many addresses put none of those into sets', async () => {
  const w = await startWholeServer({ set: ['intake.addresses_max=3'] });
  await w.group('web');
  const ear = await listenAsAgent(w.broker, { hostkey: 'the-ear-of-all', group: 'web' });
  const host = (hostkey: string, interfaces: string): Promise<unknown> =>
    w.server.state.store.commit(
      [{ op: 'create', table: 'host', doc: { ...reportOf(hostkey, 'web', { interfaces }), active: 'active' } }],
      { author: 'an earlier version' },
    );
  await host('old-row-0001', '{"eth0":["10.0.0.7","0.0.0.0/0","10.0.0.0/8","::","255.255.255.255"]}');
  await host('old-row-0002', '{"eth0":["10.9.0.1","10.9.0.4","10.9.0.7","10.9.0.10"]}');
  // Nothing is published while no agent is heard.
  await report(ear.connection, 'force', reportOf('the-ear-of-all', 'web'));
  const text = await until(() => {
    const last = ear.sets().at(-1);
    return last?.includes('10.9.0.7') && last.includes('10.0.0.7') ? last : undefined;
  }, 'the sets');
  expect(text.match(/add web_gv4n .*/g)).toHaveLength(4);
  expect(text).not.toMatch(/add web_gv6n \S/);
  const faults = w.server.state.sets.published?.faults.map(({ reason }) => reason).join('\n');
  expect(faults).toContain('"0.0.0.0/0" is a whole network');
  expect(faults).toContain('more than 3 addresses');
});

it('a hostkey of eight characters stays valid over the API; a new one needs ten', async () => {
  const w = await startWholeServer();
  await w.group('web');
  const { connection } = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
  await report(connection, 'force', reportOf(KEY, 'web'));
  const { id } = await until(() => w.host(KEY), 'registered');
  await w.edit('host', id, { alert_enable: false });
  await until(() => w.host(KEY)?.alert_enable === false, 'edited');
  const { id: _id, ...doc } = (await w.api('GET', `/api/V2/host/${id}`)).json;
  expect((await w.api('PUT', `/api/V2/host/${id}`, { ...doc, hostkey: 'agent-02' })).status).toBe(400);
  expect((await w.api('POST', '/api/V2/host', reportOf('agent-03', 'web'))).status).toBe(409);
});
