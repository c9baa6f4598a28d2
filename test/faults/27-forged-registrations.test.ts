import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { encodeReport } from '../../src/wire/messages/report.js';
import { client } from '../support/api-client.js';
import { runMain, type MainChild } from '../support/main-child.js';
import { startRabbit, type PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { report, reportOf, until } from '../support/whole-server.js';

/**
 * Trial: forged registrations, as many and as large as somebody likes, do not end a server with 512 MB of heap, also not
 * when it is started again, and a known host is heard meanwhile. Figures are printed: other tests share the machine.
 */
const FULL = process.env.TRIALS === 'full';
/** Reports over every bound: 214 kB of interfaces and 3,000 ids. */
const OVER = FULL ? 10_000 : 300;
/** As large as the bounds let through. */
const WITHIN = FULL ? 3_000 : 300;
const HEAP_MB = 512;
const PLACE = 'forged-000000';
const KNOWN = 'known-host-1';
const SLOW = { timeout: 120_000, interval: 50 } as const;

function links(n: number): string {
  return JSON.stringify(
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`veth${i}`, [`fe80::dc50:16ff:${(i + 1).toString(16)}`]])),
  );
}
function ids(n: number): string[] {
  return Array.from({ length: n }, (_, i) => String(i).padStart(64, 'a'));
}

/** A report whose hostkey is changed in place: making each anew would cost more than the server spends on it. */
function forger(fields: JsonObject): (n: number) => Buffer {
  const template = Buffer.from(
    encodeReport('force', { ...reportOf(PLACE, 'web'), name: 'x', ...fields }, stampAt(new Date())),
  );
  const at = template.indexOf(PLACE);
  return (n) => {
    const body = Buffer.from(template);
    body.write(`forged-${String(n).padStart(6, '0')}`, at);
    return body;
  };
}

async function startMain(rabbit: PrivateRabbit, data: string): Promise<{ child: MainChild; port: number }> {
  const child = runMain(['start', '--data', data, '--set', 'api.port=0', '--set', 'metrics.port=0'], {
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    DOG_BROKER__KIND: 'amqp',
    DOG_BROKER__URL: rabbit.url,
    DOG_INTAKE__REGISTRATIONS_PER_MINUTE: '1000000',
  });
  const port = await until(
    () => {
      const line = child.out.split('\n').find((text) => text.includes('"listening"'));
      return Number(/"api":"?[^,]*?:(\d+)/.exec(line ?? '')?.[1] ?? 0) || undefined;
    },
    `listening: ${child.out.slice(-500)} ${child.err.slice(-2000)}`,
    SLOW,
  );
  return { child, port };
}

function suite(rabbit: PrivateRabbit): void {
  it(
    'RabbitMQ: forged registrations neither end the process nor keep a known host out',
    { timeout: 580_000 },
    async () => {
      const data = temporaryDirectory();
      let { child, port } = await startMain(rabbit, data);
      const agents = await createAmqpBroker({ urls: [rabbit.url] }).connect();
      onTestFinished(() => agents.close());
      // It listens before it consumes: what is sent before its queue is bound goes nowhere.
      await until(async () => ((await agents.inspectQueue('ips'))?.consumerCount ?? 0) > 0, 'it consumes', SLOW);
      await report(agents, 'force', reportOf(KNOWN, 'web'));
      const hosts = async (): Promise<readonly JsonObject[]> =>
        (await client(`http://127.0.0.1:${port}`)('GET', '/api/V2/hosts')).json as unknown as JsonObject[];
      await until(async () => (await hosts()).length === 1, 'the known host', SLOW);

      let longest = 0;
      let polling = true;
      const poll = (async () => {
        while (polling) {
          const began = performance.now();
          await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined);
          longest = Math.max(longest, performance.now() - began);
          await sleep(50);
        }
      })();
      const began = performance.now();
      let sent = 0;
      const flood = async (body: (n: number) => Buffer, count: number): Promise<void> => {
        for (let n = 0; n < count; n += 20) {
          await Promise.all(
            Array.from({ length: Math.min(20, count - n) }, () =>
              agents.publish({
                exchange: 'ips',
                routingKey: 'ips',
                body: body(sent++),
                contentType: 'text/json',
                persistent: true,
              }),
            ),
          );
          // The flood is the server's to bear, not the broker's disk.
          if (n % 200 === 0) {
            await until(async () => ((await agents.inspectQueue('ips'))?.messageCount ?? 0) < 400, 'taken', SLOW);
            expect(child.process.exitCode).toBeNull();
          }
        }
      };
      await flood(forger({ interfaces: links(6200), docker_container_ids: ids(3000) }), OVER);
      await flood(forger({ interfaces: links(1400), docker_container_ids: ids(1000) }), WITHIN);
      await until(async () => (await agents.inspectQueue('ips'))?.messageCount === 0, 'all are taken', SLOW);
      await report(agents, 'keepalive', reportOf(KNOWN, 'web', { version: 'after the flood' }));
      await until(async () => (await agents.inspectQueue('ips'))?.messageCount === 0, 'the known host is heard', SLOW);
      const seconds = (performance.now() - began) / 1000;
      polling = false;
      await poll;
      expect(child.process.exitCode).toBeNull();
      const rss = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.process.pid}/status`, 'utf8'))?.[1];
      const registered = (await hosts()).length;
      child.process.kill('SIGTERM');
      expect(await child.ended).toBe(0);
      const again = performance.now();
      ({ child, port } = await startMain(rabbit, data));
      const known = (await hosts()).find(({ hostkey }) => hostkey === KNOWN);
      expect(known?.version).toBe('after the flood');
      process.stdout.write(
        `forged registrations: ${OVER} over the bounds and ${WITHIN} within them in ${seconds.toFixed(0)} s; ` +
          `${registered} hosts registered; slowest /livez ${longest.toFixed(0)} ms; ` +
          `peak memory ${(Number(rss) / 1024).toFixed(0)} MB; start again ${(performance.now() - again).toFixed(0)} ms\n`,
      );
    },
  );
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: forged registrations (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  suite(rabbit);
}
