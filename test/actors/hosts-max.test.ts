import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { encodeReport } from '../../src/wire/messages/report.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { report, reportOf, startWholeServer, until } from '../support/whole-server.js';

type Whole = Awaited<ReturnType<typeof startWholeServer>>;
async function refusedOf(w: Whole): Promise<readonly JsonObject[]> {
  return (await w.api('GET', '/api/V2/hosts/refused')).json as unknown as JsonObject[];
}

it('hosts beyond intake.hosts_max are refused by name, with an alarm from 80 % on that ends when there is room', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['intake.hosts_max=10'] });
  const agents = await broker.connect();
  const { alarms, world } = w.server.state;
  for (let n = 0; n < 7; n++) await report(agents, 'force', reportOf(`host-${n}`, 'web'));
  await until(() => world.rows('host').size === 7, 'seven');
  expect(alarms.get('intake.hosts_max')).toBeUndefined();
  for (let n = 7; n < 30; n++) await report(agents, 'force', reportOf(`host-${n}`, 'web'));
  await until(async () => (await refusedOf(w)).length === 20, 'the others are refused');
  expect(world.rows('host').size).toBe(10);
  expect((await refusedOf(w))[0]).toMatchObject({
    reason: 'too_many_hosts',
    detail: expect.stringContaining('intake.hosts_max') as string,
  });
  expect(alarms.get('intake.hosts_max')?.text).toContain('10 of at most 10 hosts');
  for (const id of [...world.rows('host').keys()].slice(0, 5)) await w.api('DELETE', `/api/V2/host/${id}`);
  await until(() => alarms.get('intake.hosts_max') === undefined, 'the alarm is over');
  await agents.close();
});

it('rows of hosts together are bounded too, when hosts register and when their reports grow', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['intake.hosts_max_bytes=200000'] });
  const agents = await broker.connect();
  const large = (n: number): JsonObject =>
    reportOf(`host-${n}`, 'web', { docker_container_ids: Array.from({ length: 1000 }, () => 'c'.repeat(40)) });
  await report(agents, 'force', reportOf('host-0', 'web'));
  await until(() => w.host('host-0'), 'a small one');
  for (let n = 1; n < 20; n++) await report(agents, 'force', large(n));
  await until(async () => (await refusedOf(w)).length > 0, 'refused');
  await report(agents, 'keepalive', large(0));
  await until(async () => (await refusedOf(w)).some(({ hostkey }) => hostkey === 'host-0'), 'growth is refused');
  expect(w.server.state.world.hostBytes).toBeLessThan(200_000);
  expect(w.server.state.alarms.get('intake.hosts_max')?.text).toContain('intake.hosts_max_bytes');
  // It may still report what it has always reported.
  await report(agents, 'keepalive', reportOf('host-0', 'web', { version: 'small' }));
  await until(() => w.host('host-0')?.version === 'small', 'taken');
  await agents.close();
});

it('a report whose sender is not its host is refused where user names are checked', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['intake.check_user_id=true'] });
  await w.group('web');
  const agents = await broker.connect();
  const send = (hostkey: string, userId?: string): Promise<void> =>
    agents.publish({
      exchange: 'ips',
      routingKey: 'ips',
      body: encodeReport('force', reportOf(hostkey, 'web'), stampAt(new Date())),
      contentType: 'text/json',
      persistent: true,
      ...(userId === undefined ? {} : { userId }),
    });
  await send('victim-0001', 'thief-0001');
  await send('victim-0002');
  await send('honest-0001', 'honest-0001');
  await until(() => w.host('honest-0001'), 'the honest one');
  await until(async () => (await refusedOf(w)).length === 2, 'the others are refused');
  expect((await refusedOf(w)).map(({ reason }) => reason)).toEqual(['wrong_user', 'wrong_user']);
  expect(w.server.state.world.rows('host').size).toBe(1);
  await agents.close();
});
