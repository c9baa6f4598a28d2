import { expect, it } from 'vitest';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

it('a whole server shows its fleet page by page, and sends a host again what it is to have', async () => {
  const whole = await startWholeServer();
  const { api, broker } = whole;
  const { group, ruleset } = await whole.group('web');
  const ear = await listenAsAgent(broker, { hostkey: 'key-1', group: 'web' });
  await report(ear.connection, 'force', reportOf('key-1', 'web', { name: 'web-1' }));
  await until(() => whole.host('key-1'), 'a registered host');
  // Only hosts that are in use lend their addresses to sets.
  await report(ear.connection, 'keepalive', reportOf('key-1', 'web', { name: 'web-1' }));
  const page = (await api('GET', '/api/V2/fleet/hosts?q=WEB-1')).json;
  expect(page).toMatchObject({ total: 1, hosts: [{ name: 'web-1', group: 'web', hostkey: 'key-1' }] });
  expect((await api('GET', '/api/V2/fleet/groups')).json).toMatchObject({ groups: [{ id: group, hosts: 1 }] });
  const lines = await api('GET', '/api/V2/group/web/lines?host=key-1');
  expect(lines.json).toMatchObject({ group_id: group, ruleset_id: ruleset });
  expect(lines.text).toContain(`{"comment":"","direction":"inbound","index":0,"ruleset":"${ruleset}"}`);
  await until(async () => (await api('GET', '/api/V2/sets/web_gv4')).json.total === 1, 'a set with the host');
  expect((await api('GET', '/api/V2/host/web-1/queues')).json).toMatchObject({ configured: false, error: null });
  expect((await api('POST', '/api/V2/host/web-1/reconnect', {})).status).toBe(409);
  ear.clear();
  expect((await api('POST', '/api/V2/host/web-1/send', {})).json).toEqual({ sent: ['ruleset', 'sets'], why: null });
  await until(() => ear.rulesets().length > 0 && ear.sets().length > 0, 'rules and sets at the agent');
  const [entry] = (await api('GET', '/api/V2/audit?resource=setting&id=last_host_order')).json as unknown as object[];
  expect(entry).toMatchObject({ after: { order: 'send', hostkey: 'key-1' } });
});
