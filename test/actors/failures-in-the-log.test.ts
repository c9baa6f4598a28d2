import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startVirtualServer } from '../support/virtual-server.js';
import { startWholeServer, until } from '../support/whole-server.js';

const KEY = 'talked-of-host-1';

function linesIn(logs: string, part: string): readonly JsonObject[] {
  return readFileSync(join(logs, 'console.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(part))
    .map((line) => JSON.parse(line) as JsonObject);
}

async function started(data: string) {
  const logs = temporaryDirectory();
  const set = ['api.unknown_references=accept', 'log.level=info', `log.dir=${logs}`];
  const w = await startWholeServer({ data, broker: createMemoryBroker(), set });
  const failures = async (): Promise<number> => {
    const text = await (await fetch(`${w.server.listening.metrics}/metrics`)).text();
    return Number(/^dog_trainer_compile_failures_total (\d+)$/m.exec(text)?.[1]);
  };
  const told = (text: string) =>
    until(() => {
      const names = linesIn(logs, text).map(({ group, level }) => `${level as string} ${group as string}`);
      return names.length >= 2 ? names.sort() : undefined;
    }, text);
  return { w, told, failures };
}

it('drift is warned of once, with each hash as it should be and as it was reported, and again when others differ', async () => {
  const logs = temporaryDirectory();
  const w = await startVirtualServer({
    set: ['hashcheck_alert_seconds=1', 'max_hash_fail_count=1', 'repair=false', 'log.level=info', `log.dir=${logs}`],
  });
  await w.group('web');
  await w.settle(KEY);
  const { hash4_ipsets: four, hash6_ipsets: six } = w.hashes('web');
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  for (const hashes of [
    { hash4_ipsets: a },
    { hash4_ipsets: a },
    { hash4_ipsets: a, hash6_ipsets: b },
    {},
    { hash4_ipsets: a },
  ]) {
    await w.pass(61_000);
    await w.says('keepalive', KEY, hashes);
  }
  const wrong = { hash: 'hash4_ipsets', wanted: four, reported: a };
  const about = { level: 'warn', hostkey: KEY, name: `${KEY}.example.net`, group: 'web' };
  // A file of the log is written a moment after the line is said.
  const told = await until(() => {
    const lines = linesIn(logs, 'does not hold what it was sent');
    return lines.length >= 3 ? lines : undefined;
  }, 'the third line');
  expect(told).toMatchObject([
    { ...about, differing: [wrong] },
    { ...about, differing: [wrong, { hash: 'hash6_ipsets', wanted: six, reported: b }] },
    { ...about, differing: [wrong] },
  ]);
});

it('a group that cannot be compiled from the first is told and counted, one whose profile is gone too, and both after a restart', async () => {
  const data = temporaryDirectory();
  const first = await started(data);
  const { w } = first;
  const rule = { action: 'ACCEPT', active: true, group: 'any', group_type: 'ANY', service: 'gone', states: [] };
  const { profile } = await w.profile('broken', [{ ...rule, type: 'BASIC' }]);
  await w.create('group', { name: 'broken', profile_id: profile });
  await w.create('group', { name: 'orphan', profile_id: 'no-such-profile' });
  await w.create('group', { name: 'unfinished' });
  expect(await first.told('the group cannot be compiled')).toEqual(['error broken', 'error orphan']);
  expect(await first.failures()).toBe(2);
  await w.stop();

  const second = await started(data);
  expect(await second.told('the group still cannot be compiled')).toEqual(['error broken', 'error orphan']);
  expect(await second.failures()).toBe(2);
});
