import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { decodeReport } from '../../src/wire/messages/report.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { RULE } from '../support/api-client.js';
import { itWithErlang, runErlang } from '../support/erl.js';
import { goldenTerm } from '../support/golden-term.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { listenAsAgent, report, reportOf, sendReport, startWholeServer, until } from '../support/whole-server.js';

/** Prints one field of the map that an agent reads out of a message, as the agent would get it. */
const FIELD = `
  [File, KeyFile] = Files,
  {ok, Bin} = file:read_file(File), {ok, Key} = file:read_file(KeyFile),
  Terms = binary_to_term(Bin),
  [count, local_time, pid, user_data] = [K || {K, _} <- Terms],
  Map = proplists:get_value(user_data, Terms),
  io:setopts([{encoding, latin1}]),
  case maps:get(binary_to_existing_atom(Key), Map) of
    false -> io:put_chars("the atom false");
    [] -> io:put_chars("the empty list");
    Text -> io:put_chars(Text)
  end`;

function field(body: Uint8Array, key: string): Promise<string> {
  return runErlang(FIELD, [body, Buffer.from(key)]);
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: from a report to the rules (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  const whole = () => startWholeServer({ set: ['broker.kind=amqp', `broker.url=${rabbit.url}`], broker: newBroker() });
  const newBroker = () => createAmqpBroker({ urls: [rabbit.url] });

  describe('RabbitMQ: from a report to the rules', () => {
    itWithErlang('the old agent’s bytes make a host; its rules arrive as an agent binds; erl reads them', async () => {
      const w = await whole();
      const golden = goldenTerm('msg_ips_force');
      const { hostkey, group: groupName, name } = decodeReport(golden);
      const ear = await listenAsAgent(w.broker, { hostkey, group: groupName });
      const other = await listenAsAgent(w.broker, { hostkey: 'another-hostkey', group: 'elsewhere' });

      const zone = await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
      const rule = { ...RULE, group_type: 'ZONE', group: zone, comment: 'from the office' };
      const { group } = await w.group(groupName, [rule]);

      await sendReport(ear.connection, golden);
      const listed = await until(async () => {
        const { json } = await w.api('GET', '/api/V2/hosts');
        return (json as unknown as JsonObject[]).find((host) => host.hostkey === hostkey);
      }, 'the host is listed');
      expect(listed).toMatchObject({ hostkey, name, group: groupName, active: 'new' });
      await until(() => ear.rulesets().length > 0, 'rules arrive');

      const rules = ear.heard.filter(({ queue }) => queue === 'iptables');
      const withRules = rules.filter((_, i) => typeof readRules(rules[i]?.delivery.body) === 'string');
      const last = withRules.at(-1)?.delivery;
      const shown = await w.ruleset(group);
      for (const [key, part] of [
        ['ruleset4_ipset', 'set4'],
        ['ruleset6_ipset', 'set6'],
      ] as const) {
        const compiled = (shown[part] as { text: string }).text;
        expect(await field(last?.body ?? Buffer.alloc(0), key)).toBe(compiled);
        expect(compiled).toContain('office_z');
      }
      // "Nothing" is the empty list and nothing else, or the agent crashes.
      expect(await field(last?.body ?? Buffer.alloc(0), 'ipsets')).toBe('the empty list');
      expect(await field(last?.body ?? Buffer.alloc(0), 'ruleset4_iptables')).toBe('the empty list');

      // Sets came before the rules that name them, and are what the API shows.
      const firstRules = rules.indexOf(withRules[0] as (typeof rules)[number]);
      const setsBefore = rules.slice(0, firstRules).map(({ delivery }) => delivery.body);
      expect(setsBefore.length).toBeGreaterThan(0);
      const sets = await field(setsBefore.at(-1) as Uint8Array, 'ipsets');
      expect(sets).toContain('create office_zv4 hash:net family inet -exist\n');
      expect(sets).toContain('add office_zv4n 192.0.2.0/24\n');
      expect(await field(setsBefore.at(-1) as Uint8Array, 'ruleset4_ipset')).toBe('the atom false');

      // Nobody else hears a group's rules, and no host is told what it has just said itself
      // (docs/protocol.md#the-first-message-costs-the-queue).
      expect(other.rulesets()).toEqual([]);
      expect(ear.heard.filter(({ queue }) => queue === 'config')).toEqual([]);

      // The keepalive of a host that runs what it was sent makes it active, its addresses reach every host.
      const row: JsonObject = w.server.state.world.rows('group').get(group) ?? {};
      const hashes = Object.fromEntries(
        ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'].map((key) => [key, row[key] ?? '']),
      );
      await report(ear.connection, 'keepalive', reportOf(hostkey, groupName, hashes));
      await until(() => w.host(hostkey)?.active === 'active', 'active');
      await until(() => other.sets().some((text) => text.includes(`add ${groupName}_gv4n 10.1.1.51`)), 'its address');
    });

    it('the real agents’ captured reports are taken, whatever their kind', async () => {
      const w = await whole();
      const connection = await w.broker.connect();
      try {
        const capture = (name: string) => readFileSync(`test/captures/agent-ips-${name}.bin`);
        const hostOf = (name: string) => decodeReport(capture(name)).hostkey;
        await w.group(decodeReport(capture('force')).group);
        await w.group('db');
        const at = async (name: string, reached: (host: Document) => boolean): Promise<void> => {
          await sendReport(connection, capture(name));
          await until(() => {
            const host = w.host(hostOf(name));
            return host !== undefined && reached(host);
          }, `${name} handled`);
        };
        await at('force', ({ active }) => active === 'new');
        await at('keepalive', ({ active }) => active === 'active');
        const { interfaces } = decodeReport(capture('update')).fields;
        await at('update', (host) => host.interfaces === interfaces);
        const beta = reportOf(hostOf('inactive'), 'db');
        await report(connection, 'force', beta);
        await report(connection, 'keepalive', beta);
        await until(() => w.host(hostOf('inactive')) !== undefined, 'the other is registered');
        await at('inactive', () => w.server.state.world.knowledge(hostOf('inactive'))?.stopped_at !== undefined);
        // It keeps its addresses for a while: an upgrade of all agents must not empty every set.
        expect(w.host(hostOf('inactive'))?.active).not.toBe('inactive');
        const elixir = decodeReport(capture('elixir-force')).hostkey;
        await sendReport(connection, capture('elixir-force'));
        await until(() => w.host(elixir) !== undefined, 'the Elixir agent is registered');
        expect(w.server.state.deadLetters.total).toBe(0);
      } finally {
        await connection.close();
      }
    });

    it('an outage of the broker: what was edited meanwhile arrives afterwards, over one connection, to one consumer', async () => {
      const w = await whole();
      const { ruleset } = await w.group('web');
      // An agent's own queue would be gone with the broker.
      const before = await newBroker().connect();
      await before.declareExchange({ name: 'iptables', type: 'topic', durable: true });
      await before.declareQueue({ name: 'recorder', durable: true, autoDelete: false, exclusive: false });
      await before.bindQueue('recorder', 'iptables', '*.*.web.*');
      const connections = async () => (await rabbit.ctl('list_connections', 'name')).match(/->/g)?.length;
      const open = await connections();
      await rabbit.kill();
      await until(() => !w.server.state.outbox.snapshot().attached, 'the loss is noticed');
      await w.edit('ruleset', ruleset, {
        rules: { inbound: [{ ...RULE, comment: 'during the outage' }], outbound: [] },
      });
      expect((await w.api('GET', '/api/healthcheck')).status).toBe(200);
      await rabbit.start();
      const after = await newBroker().connect();
      onTestFinished(() => after.close());
      const texts: string[] = [];
      await after.consume('recorder', { prefetch: 0 }, (delivery) => {
        texts.push(String(decodeRulesPayload(delivery.body).ruleset4_ipset));
        delivery.ack();
      });
      await until(() => texts.at(-1)?.includes('during the outage'), 'the edit');
      await until(() => w.server.state.reportsLink.connection !== undefined, 'reports come in again');
      const consumers = await until(async () => {
        const listed = await rabbit.ctl('list_consumers', '-p', 'dog', 'queue_name');
        return listed.includes('ips') ? listed : undefined;
      }, 'a consumer of reports');
      expect(consumers.split('\n').filter((line) => line === 'ips')).toHaveLength(1);
      // The server's and the test's, as many as before.
      expect(await connections()).toBe(open);
    });
  });
}

function readRules(body: Uint8Array | undefined): unknown {
  // The name of the key is in every message; rules themselves begin with the table.
  return body !== undefined && Buffer.from(body).includes('*filter') ? 'rules' : undefined;
}
