import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { Broker, BrokerConnection } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { encodeEnvelope, stampAt } from '../../src/wire/messages/envelope.js';
import { binaryKeyMap, termFromJson } from '../../src/wire/json.js';
import { atom, map, type Term } from '../../src/wire/term.js';
import { REPORT_FIELDS } from '../../src/wire/messages/report-fields.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import {
  listenAsAgent,
  report,
  reportOf,
  sendReport,
  startWholeServer,
  until,
  type WholeServer,
} from '../support/whole-server.js';

/** Trial 12: reports with each field missing, of the wrong type, too large, with another host's key, of an unknown kind. */
const VICTIM = 'bad-host-key-1';
const NEIGHBOUR = 'good-host-key-1';
function stamp() {
  return stampAt(new Date());
}

/** A report made of terms, so that anything may be in it. */
function crafted(fields: JsonObject, more: readonly (readonly [string, Term])[] = []): Buffer {
  const config: [string, Term][] = Object.entries(fields).map(([name, value]) => [name, termFromJson(value)]);
  return encodeEnvelope(
    map([[atom('config'), binaryKeyMap([...config, ...more.map(([k, v]): [string, Term] => [k, v])])]]),
    stamp(),
  );
}
const KEEPALIVE = [['updatetype', atom('keepalive')]] as const;
const whole = reportOf(VICTIM, 'web', { docker_container_ids: [], ec2_instance_tags: {} });
function without(field: string): JsonObject {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field));
}

/** Each bad report, and the reason by which it is counted. */
const bad: readonly (readonly [string, string, Buffer])[] = [
  ...Object.entries(REPORT_FIELDS)
    .filter(([, { required }]) => required)
    .map(([field]) => [`${field} missing`, 'missing_field', crafted(without(field), KEEPALIVE)] as const),
  ['updatetype missing', 'missing_field', crafted(whole)],
  ...Object.entries(REPORT_FIELDS)
    .filter(([field]) => field !== 'active')
    .map(
      ([field]) =>
        [`${field} an atom`, 'wrong_type', crafted(without(field), [[field, atom('web')], ...KEEPALIVE])] as const,
    ),
  ['updatetype a binary', 'wrong_type', crafted({ ...whole, updatetype: 'keepalive' })],
  ['an unknown update type', 'unknown_update_type', crafted(whole, [['updatetype', atom('sometimes')]])],
  ['a body of 1 MB', 'too_large', Buffer.alloc(1_048_576, 0x83)],
  ['a field of 400 kB', 'too_large', crafted({ ...whole, interfaces: 'x'.repeat(400_000) }, KEEPALIVE)],
  ['an empty hostkey', 'bad_value', crafted({ ...whole, hostkey: '' }, KEEPALIVE)],
  [
    'the whole world as an address',
    'addresses',
    crafted({ ...whole, interfaces: '{"eth0":["0.0.0.0/0"]}' }, KEEPALIVE),
  ],
  ['a name that runs backwards', 'bad_value', crafted({ ...whole, name: 'web\u202egpj.exe' }, KEEPALIVE)],
  ['a hostkey that is a pattern', 'invalid', crafted({ ...whole, hostkey: 'host.key.*.#' }, KEEPALIVE)],
  ['a name with a line break', 'bad_value', crafted({ ...whole, name: 'a\r\nBcc: x' }, KEEPALIVE)],
  ['an agent that calls itself active', 'bad_value', crafted({ ...whole, active: 'active' }, KEEPALIVE)],
  ['no term at all', 'malformed_term', Buffer.from('{"hostkey":"x"}')],
  ['nothing', 'malformed_term', Buffer.alloc(0)],
];

async function counters(base: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${base}/metrics`)).text();
  const found = new Map<string, number>();
  for (const [, key = '', value] of text.matchAll(/^dog_trainer_reports_refused_total\{[^}]*="([a-z_]+)"\} (\d+)$/gm))
    found.set(key, Number(value));
  return found;
}

function suite(title: string, newBroker: () => Broker): void {
  describe(title, () => {
    it('are refused and counted by reason, kept as dead letters, never redelivered; neighbours notice nothing', async () => {
      const w = await startWholeServer({ broker: newBroker(), set: ['max_hash_fail_count=1000'] });
      await w.group('web');
      const ear = await listenAsAgent(w.broker, { hostkey: NEIGHBOUR, group: 'web' });
      const { connection } = ear;
      for (const hostkey of [NEIGHBOUR, VICTIM]) {
        await report(connection, 'force', reportOf(hostkey, 'web'));
        await until(() => w.host(hostkey), 'registered');
        await report(connection, 'keepalive', reportOf(hostkey, 'web'));
        await until(() => w.host(hostkey)?.active === 'active', 'active');
      }
      const { state } = w.server;
      const row = w.host(VICTIM);
      const before = await counters(w.server.listening.metrics);
      let sent = 0;
      for (const [what, , body] of bad) {
        const version = `after ${what}`;
        await sendReport(connection, body);
        // The neighbour's report stands behind it in the very same queue.
        await report(connection, 'keepalive', reportOf(NEIGHBOUR, 'web', { version: version.slice(0, 60) }));
        sent += 1;
        await until(() => w.host(NEIGHBOUR)?.version === version.slice(0, 60), `the neighbour ${version}`);
        await until(() => state.deadLetters.total === sent, `the dead letter of ${what}`);
        const now = await counters(w.server.listening.metrics);
        const grown = [...now].filter(([key, value]) => value !== (before.get(key) ?? 0) + countOf(key, sent));
        expect(grown, what).toEqual([]);
      }
      // Nothing that was refused has left a trace in the row, and nothing waits in the queue or comes again.
      expect(w.host(VICTIM)).toEqual(row);
      expect(await drained(connection)).toBe(true);
      expect(state.deadLetters.total).toBe(bad.length);
      const lines = readFileSync(deadLetters(w), 'utf8').trimEnd().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual(
        bad.map(([, reason]) => reason),
      );
      const { json } = await w.api('GET', '/api/V2/hosts/refused');
      const listed = json as unknown as readonly JsonObject[];
      expect(listed.find(({ hostkey }) => hostkey === VICTIM)).toMatchObject({ reason: 'malformed' });
      expect(listed.find(({ hostkey }) => hostkey === NEIGHBOUR)).toBeUndefined();
      // The next good report clears its name.
      await report(connection, 'keepalive', reportOf(VICTIM, 'web'));
      await until(async () => {
        const { json: now } = await w.api('GET', '/api/V2/hosts/refused');
        return !(now as unknown as readonly JsonObject[]).some(({ hostkey }) => hostkey === VICTIM);
      }, 'cleared');
    });

    it('with another host’s key: both are named to people, the key’s group and its neighbours are as they were', async () => {
      const w = await startWholeServer({ broker: newBroker(), set: ['max_hash_fail_count=1000'] });
      await w.group('web');
      const { connection } = await listenAsAgent(w.broker, { hostkey: NEIGHBOUR, group: 'web' });
      for (const hostkey of [NEIGHBOUR, VICTIM]) {
        await report(connection, 'force', reportOf(hostkey, 'web'));
        await until(() => w.host(hostkey), 'registered');
      }
      const neighbour = () => w.host(NEIGHBOUR)?.name;
      const own = neighbour();
      for (let n = 0; n < 4; n += 1)
        for (const name of ['one.example.net', 'two.example.net'])
          await report(connection, 'keepalive', reportOf(VICTIM, 'web', { name, version: `${n}` }));
      await until(async () => {
        const { json } = await w.api('GET', '/api/V2/hosts/refused');
        return (json as unknown as readonly JsonObject[]).some(
          ({ hostkey, reason }) => hostkey === VICTIM && reason === 'cloned_hostkey',
        );
      }, 'the clone is named');
      expect(neighbour()).toBe(own);
      expect(w.server.state.world.rows('host').size).toBe(2);
    });

    it('that kill their host’s actor again and again end as dead letters; the host lives on with the next one', async () => {
      const w = await startWholeServer({ broker: newBroker(), set: ['intake.max_tries=2'] });
      await w.group('web');
      const { connection } = await listenAsAgent(w.broker, { hostkey: NEIGHBOUR, group: 'web' });
      for (const hostkey of [NEIGHBOUR, VICTIM]) {
        await report(connection, 'force', reportOf(hostkey, 'web'));
        await until(() => w.host(hostkey), 'registered');
      }
      // A bug of ours that only this report meets.
      const { store } = w.server.state;
      const commit = store.commit.bind(store);
      store.commit = (changes, by) =>
        commit(
          changes.map((change) =>
            change.op !== 'edit'
              ? change
              : {
                  ...change,
                  edit: (current: Document) => {
                    const next = change.edit(current);
                    if ('version' in next && next.version === 'poison') throw new Error('met the bug');
                    return next;
                  },
                },
          ),
          by,
        );
      await report(connection, 'keepalive', reportOf(VICTIM, 'web', { version: 'poison' }));
      await report(connection, 'keepalive', reportOf(NEIGHBOUR, 'web', { version: 'well' }));
      await until(() => w.host(NEIGHBOUR)?.version === 'well', 'the neighbour');
      await until(() => w.server.state.deadLetters.total === 1, 'the dead letter');
      await until(() => existsSync(deadLetters(w)) && readFileSync(deadLetters(w), 'utf8').includes('"not_handled"'));
      await report(connection, 'keepalive', reportOf(VICTIM, 'web', { version: 'well' }));
      await until(() => w.host(VICTIM)?.version === 'well', 'the host itself');
      expect(await drained(connection)).toBe(true);
    });
  });
}

function deadLetters({ data }: WholeServer): string {
  return `${data}/dead-letters.ndjson`;
}

/** How often `key` must have been counted after the first `sent` bad reports. */
function countOf(key: string, sent: number): number {
  return bad.slice(0, sent).filter(([, reason]) => reason === key).length;
}

/** True when no report waits, delivered or not: with the consumer gone, an unanswered one would be back in the queue. */
async function drained(connection: BrokerConnection): Promise<boolean> {
  return until(async () => (await connection.inspectQueue('ips'))?.messageCount === 0, 'an empty queue');
}

suite('trial 12, in process: bad reports', createMemoryBroker);

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: trial 12 (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  suite('RabbitMQ: trial 12, bad reports', () => createAmqpBroker({ urls: [rabbit.url] }));

  it('RabbitMQ: after the server is gone nothing unanswered is back in the queue', async () => {
    const broker = createAmqpBroker({ urls: [rabbit.url] });
    const w = await startWholeServer({ broker });
    const connection = await broker.connect();
    try {
      for (const [, , body] of bad) await sendReport(connection, body);
      await until(() => w.server.state.deadLetters.total === bad.length, 'all refused');
      await w.stop();
      expect((await connection.inspectQueue('ips'))?.messageCount).toBe(0);
    } finally {
      await connection.close();
    }
  });
}
