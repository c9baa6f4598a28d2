import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { client } from '../support/api-client.js';
import { startFileAgent } from '../support/file-agent.js';
import { runMain } from '../support/main-child.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/whole-server.js';

const rabbit = await startRabbit();
const why = 'unavailable' in rabbit ? rabbit.unavailable : existsSync('/usr/bin/curl') ? undefined : 'there is no curl';
if (why !== undefined) process.stdout.write(`large files: skipped: ${why}\n`);
afterAll(async () => void ('unavailable' in rabbit ? undefined : await rabbit.close()));

const MIB = 1 << 20;
/** More than the server may grow by, so that one that holds it in memory is found out. */
const FILE_MIB = process.env['TRIALS'] === 'full' ? 200 : 72;
const GROWTH_MIB = 50;
const KEY = 'file-host-key-1';
const run = promisify(execFile);

/** A file of bytes that don't compress, and do not repeat where blocks do. */
async function makeFile(path: string, mib: number): Promise<void> {
  const file = await open(path, 'w');
  let chunk = createHash('sha512').update('seed').digest();
  while (chunk.length < MIB) chunk = Buffer.concat([chunk, createHash('sha512').update(chunk).digest(), chunk]);
  for (let n = 0; n < mib; n += 1) {
    chunk.writeUInt32BE(n + 1, n * 4);
    await file.write(chunk, 0, MIB);
  }
  // Blocks don't fit the file.
  await file.write('and a bit');
  await file.close();
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Resident memory of a process in MiB: now, and the most since `forget`. */
function memoryOf(pid: number): { now: () => number; most: () => number; forget: () => void } {
  const read = (name: string) => () =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return { now: read('VmRSS'), most: read('VmHWM'), forget: () => writeFileSync(`/proc/${pid}/clear_refs`, '5') };
}

async function scene() {
  if ('unavailable' in rabbit) throw new Error(rabbit.unavailable);
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  const set = [
    'broker.kind=amqp',
    `broker.url=${rabbit.url}`,
    'api.commands=true',
    'api.port=0',
    'metrics.port=0',
    'log.level=info',
    'command_execution_timeout_ms=60000',
    'api.request_timeout_ms=300000',
  ];
  const child = runMain(['start', '--data', data, ...set.flatMap((one) => ['--set', one])]);
  const url = await until(() => /"api":"(http[^"]+)"/.exec(child.out)?.[1], 'it listens', {
    timeout: 60_000,
    interval: 50,
  });
  const api = client(url);
  await api('POST', '/api/V2/host', { name: 'h', hostkey: KEY, group: 'g', environment: '*', location: '*' });
  const connection = await createAmqpBroker({ urls: [rabbit.url] }).connect();
  onTestFinished(() => connection.close());
  const root = temporaryDirectory();
  const agent = await startFileAgent(connection, KEY, root);
  const path = `${url}/api/V2/file_transfer/${KEY}`;
  await until(async () => {
    const { json } = await api('POST', `/api/V2/file_transfer/${KEY}`, { command: 'echo here', use_shell: 'true' });
    return (json[KEY] as JsonObject)['stdout'] === 'here';
  }, 'the server is connected');
  return { child, api, directory, root, data, path, agent, memory: memoryOf(child.process.pid ?? 0) };
}

describe.skipIf(why !== undefined)('large files', () => {
  it(`curl moves ${FILE_MIB} MiB to a host and back; the server does not hold them`, async () => {
    const s = await scene();
    const [file, back] = [join(s.directory, 'file'), join(s.directory, 'back')];
    await makeFile(file, FILE_MIB);
    // What the first transfer loads and compiles is not counted.
    const small = join(s.directory, 'small');
    await makeFile(small, 9);
    await run('curl', ['-sS', '-F', `file=@${small};filename=/srv/small`, s.path]);
    await until(async () => (await digest(join(s.root, 'srv/small'))) === (await digest(small)), 'the host has it');
    await run('curl', ['-sS', '-o', back, `${s.path}?path=/srv/small`]);
    s.memory.forget();
    const before = s.memory.now();
    const sent = await run('curl', ['-sS', '-F', `file=@${file};filename=/srv/it's big`, s.path]);
    expect(JSON.parse(sent.stdout)).toHaveLength(1);
    // Agents answer nothing to blocks.
    const there = join(s.root, "srv/it's big");
    const wanted = await digest(file);
    await until(async () => existsSync(there) && (await digest(there)) === wanted, 'the host has the file');
    expect(readdirSync(join(s.data, 'uploads'))).toEqual([]);
    const up = s.memory.most() - before;
    s.memory.forget();
    const query = `path=${encodeURIComponent("/srv/it's big")}`;
    await run('curl', ['-sS', '-o', back, `${s.path}?${query}`]);
    expect(await digest(back)).toBe(wanted);
    const down = s.memory.most() - before;
    process.stdout.write(
      `large files: ${FILE_MIB} MiB: the server had ${before.toFixed(0)} MiB, and grew by ${up.toFixed(0)} MiB over the upload, ${down.toFixed(0)} MiB over the download\n`,
    );
    expect(Math.max(up, down)).toBeLessThan(GROWTH_MIB);
    expect(s.agent.asked).not.toContain('fetch_file');
    const size = FILE_MIB * MIB + 9;
    const { json } = await s.api('GET', '/api/V2/file_transfers');
    expect((json as unknown as JsonObject[]).slice(0, 2)).toMatchObject([
      { direction: 'from_host', size, done: size, state: 'done' },
      { direction: 'to_host', path: "/srv/it's big", size, done: size, state: 'done' },
    ]);
    expect(s.child.out).toContain('a file transfer is done');
  }, 240_000);
});
