import { expect, it } from 'vitest';
import { atom, binary, map, type Term } from '../../src/wire/term.js';
import { encodeEnvelope, stampAt } from '../../src/wire/messages/envelope.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { declareAgentQueue } from '../../src/sim/agent-topology.js';
import { report, reportOf, sendReport, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const KEY = 'counted-host-1';

async function line(w: WholeServer, name: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${w.server.listening.metrics}/imetrics/varz:counters`)).text();
  const found = new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
  return new Map(found.split(' ').map((pair) => [pair.replace(/:\d+$/, ''), Number(pair.replace(/^.*:/, ''))]));
}

/** A report that lacks everything but these. */
function bare(fields: readonly (readonly [string, Term])[]): Buffer {
  return encodeEnvelope(
    map([[atom('config'), map(fields.map(([key, value]) => [binary(key), value]))]]),
    stampAt(new Date()),
  );
}

it('a refused report is counted by its type and as an exception (metrics section 2)', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker });
  const agent = await broker.connect();
  await sendReport(agent, bare([['updatetype', atom('update')]]));
  await sendReport(agent, bare([['updatetype', atom('sometimes')]]));
  await sendReport(agent, Buffer.from('no term'));
  await until(() => w.server.state.deadLetters.total === 3, 'all are refused');
  const counted = await line(w, 'ips_update');
  expect(Object.fromEntries(counted)).toEqual({ exception: 3, force: 0, keepalive: 0, update: 1 });
  await agent.close();
});

it('changes of hosts are counted as the old feeds did: configuration a row, interfaces and states a batch', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker });
  await w.group('web');
  const agent = await broker.connect();
  await report(agent, 'force', reportOf(KEY, 'web'));
  await until(() => w.host(KEY), 'registered');
  await report(agent, 'keepalive', reportOf(KEY, 'web'));
  await until(() => w.host(KEY)?.active === 'active', 'active');
  const before = await line(w, 'watcher');
  const grown = async (key: string): Promise<number> =>
    ((await line(w, 'watcher')).get(key) ?? 0) - (before.get(key) ?? 0);
  await report(agent, 'update', reportOf(KEY, 'web', { interfaces: '{"eth0":["10.9.9.9"]}' }));
  await until(() => w.host(KEY)?.interfaces === '{"eth0":["10.9.9.9"]}', 'new addresses');
  expect([await grown('host_config_update'), await grown('host_active_update')]).toEqual([1, 0]);
  await report(
    agent,
    'keepalive',
    reportOf(KEY, 'web', { interfaces: '{"eth0":["10.9.9.9"]}', name: 'other.example.net' }),
  );
  await until(() => w.host(KEY)?.name === 'other.example.net', 'a new name');
  expect([await grown('host_config_update'), await grown('host_active_update')]).toEqual([2, 1]);
  await agent.close();
});

it('a file counts once, however many blocks it is sent in', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['api.commands=true', 'max_block_size_bytes=4'] });
  await w.create('host', { name: 'h', hostkey: KEY, group: '', environment: '*', location: '*' });
  const agent = await broker.connect();
  await declareAgentQueue(agent, 'file_transfer', { environment: '*', location: '*', group: '', hostkey: KEY });
  let blocks = 0;
  await agent.consume(`file_transfer.${KEY}`, { prefetch: 1 }, (delivery) => {
    blocks += 1;
    delivery.ack();
  });
  await until(async () => {
    const form = new FormData();
    form.append('file', new Blob(['ten bytes!']), '/tmp/x');
    const answer = await fetch(`${w.server.listening.api}/api/V2/file_transfer/${KEY}`, { method: 'POST', body: form });
    return answer.status === 200;
  }, 'sent');
  expect(blocks).toBe(3);
  expect((await line(w, 'file_transfer')).get('send_file')).toBe(1);
  await agent.close();
});
