import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { Broker } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTestRelay } from '../support/smtp-relay.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenAsAgent, listenToAll, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

/** Trial 19: one agent sends `force` a hundred times a second, and its hashes are never the right ones. */
const SECONDS = process.env.TRIALS === 'full' ? 60 : 5;
const FLOODER = 'flood-host-key-1';
const OTHERS = Array.from({ length: 40 }, (_, n) => `calm-host-key-${n}`);
const FORCE_INTERVAL_SECONDS = 1;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function suite(title: string, newBroker: () => Broker): void {
  describe(title, () => {
    it(
      'is answered at the agreed rate, told once, and nobody else waits',
      { timeout: (SECONDS + 60) * 1000 },
      async () => {
        const relay = await startTestRelay();
        onTestFinished(() => relay.close());
        const logs = temporaryDirectory();
        mkdirSync(logs, { recursive: true });
        const w = await startWholeServer({
          broker: newBroker(),
          set: [
            `intake.force_interval_seconds=${FORCE_INTERVAL_SECONDS}`,
            'alerts.digest_window_seconds=1',
            'hashcheck_alert_seconds=1',
            'smtp_relay=127.0.0.1',
            `smtp_port=${relay.port}`,
            'smtp_tls=none',
            'smtp_from=dog@example.org',
            'smtp_to=ops@example.org',
            'log.level=warn',
            `log.dir=${logs}`,
          ],
        });
        const { group } = await w.group('web');
        // The world hears of the hashes a moment after the store has them.
        const row: JsonObject = await until(() => {
          const found = w.server.state.world.rows('group').get(group);
          return found?.hash4_ipsets ? found : undefined;
        }, 'the hashes');
        const hashes = Object.fromEntries(
          ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'].map((key) => [key, row[key] ?? '']),
        );
        const { connection } = await listenAsAgent(w.broker, { hostkey: 'another-host-key', group: 'none' });
        /** What a host reports that runs what it was sent. */
        const well = (): JsonObject => ({
          ...hashes,
          ipset_hash: w.server.state.sets.published?.hash ?? '',
          interfaces: '{}',
        });
        const settle = async (hostkey: string): Promise<void> => {
          const fields = well();
          await report(connection, 'force', reportOf(hostkey, 'web', fields));
          await until(() => w.host(hostkey), 'registered');
          await report(connection, 'keepalive', reportOf(hostkey, 'web', fields));
          await until(() => w.host(hostkey)?.active === 'active', 'active');
        };
        for (const hostkey of [FLOODER, ...OTHERS]) await settle(hostkey);

        let version = 0;
        const latencies = async (rounds: number): Promise<readonly number[]> => {
          const found: number[] = [];
          for (let n = 0; n < rounds; n += 1) {
            const hostkey = OTHERS[version % OTHERS.length] ?? '';
            version += 1;
            const began = performance.now();
            const fields = { ...well(), version: String(version) };
            await report(connection, 'keepalive', reportOf(hostkey, 'web', fields));
            await until(() => w.host(hostkey)?.version === String(version), 'taken', { timeout: 10_000, interval: 1 });
            found.push(performance.now() - began);
            // None of them may be taken for a flooder.
            await sleep(50);
          }
          return found;
        };
        const calm = median(await latencies(30));
        const wire = await listenToAll(w.broker);

        let sent = 0;
        const tampered = { ...well(), hash4_ipsets: 'f'.repeat(64) };
        const began = performance.now();
        const timer = setInterval(() => {
          for (; sent < ((performance.now() - began) / 1000) * 100; sent += 1)
            void report(connection, 'force', reportOf(FLOODER, 'web', tampered));
        }, 10);
        onTestFinished(() => clearInterval(timer));
        const during: number[] = [];
        while (performance.now() - began < SECONDS * 1000) during.push(...(await latencies(10)));
        clearInterval(timer);
        const spanSeconds = (performance.now() - began) / 1000;
        await until(async () => (await connection.inspectQueue('ips'))?.messageCount === 0, 'all are taken');

        expect(sent).toBeGreaterThan(SECONDS * 50);
        const copies = wire.keys().filter((key) => key === `*.*.*.${FLOODER}`);
        // Sets and rules are two messages.
        expect(copies.length).toBeLessThanOrEqual(2 * (spanSeconds / FORCE_INTERVAL_SECONDS + 1));
        expect(copies.length).toBeGreaterThan(0);
        expect(wire.keys().filter((key) => key !== `*.*.*.${FLOODER}`)).toEqual([]);
        const { json } = await w.api('GET', '/api/V2/hosts/refused');
        expect(json as unknown as JsonObject[]).toMatchObject([{ hostkey: FLOODER, reason: 'overload' }]);
        await until(() => relay.mails.length > 0, 'the mail');
        const lines = readFileSync(`${logs}/console.log`, 'utf8').split('\n');
        expect(lines.filter((line) => line.includes('floods the server'))).toHaveLength(1);
        await w.stop();
        expect(relay.mails).toHaveLength(1);
        // Printed, not asserted: other tests share the machine.
        process.stdout.write(
          `${title}: ${sent} reports in ${spanSeconds.toFixed(1)} s; another host's report is taken in ` +
            `${calm.toFixed(1)} ms before, ${median(during).toFixed(1)} ms meanwhile (medians)\n`,
        );
      },
    );
  });
}

suite('trial 19, in process: a flood of force', createMemoryBroker);

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: trial 19 (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  suite('RabbitMQ: trial 19, a flood of force', () => createAmqpBroker({ urls: [rabbit.url] }));
}
