import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { convergence } from '../../src/demo/convergence.js';
import type { JsonObject } from '../../src/model/document.js';
import { startFleet, type Fleet } from '../../src/sim/sim-fleet.js';
import type { SimAgent } from '../../src/sim/sim-agent.js';
import { TAMPERED_RULE } from '../../src/sim/agent-fault.js';
import { RULE } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTestRelay, type TestRelay } from '../support/smtp-relay.js';
import { stragglers } from '../support/stragglers.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

const AGENTS = 50;
async function curl(url: string): Promise<string> {
  return (await promisify(execFile)('curl', ['--silent', '--show-error', url])).stdout;
}

/** Looks every tenth of a second; what is well takes a few seconds, on a busy machine more. */
async function sees(look: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (
    const end = performance.now() + 90_000;
    performance.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 100))
  )
    if (await look()) return;
  throw new Error(`not seen within 90 seconds: ${what()}`);
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: 50 hosts and their troubles (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());

  describe('RabbitMQ, SMTP and 50 simulated agents', { timeout: 400_000 }, () => {
    it('each ends in the right state, with exactly the right mails, repaired where repairable', async () => {
      const newBroker = () => createAmqpBroker({ urls: [rabbit.url] });
      const relay = await startTestRelay();
      onTestFinished(() => relay.close());
      const w = await startWholeServer({
        broker: newBroker(),
        set: [
          'broker.kind=amqp',
          `broker.url=${rabbit.url}`,
          'smtp_relay=127.0.0.1',
          `smtp_port=${relay.port}`,
          'smtp_tls=none',
          'smtp_from=dog@example.org',
          'smtp_to=ops@example.org,night@example.org',
          'alerts.digest_after=1000',
          'hashcheck_alert_seconds=4',
          'repair_interval_seconds=2',
          'polling_interval_seconds=1',
          'keepalive_alert_seconds=15',
          'config_resend_interval_seconds=2',
        ],
      });
      const { ruleset } = await w.group('web');
      await w.group('db', []);
      const fleet = await startFleet({ broker: newBroker(), agents: AGENTS, groups: ['web', 'db'], spreadMs: 1000 });
      try {
        await troubles(w, fleet, relay, ruleset);
      } finally {
        await fleet.stop();
      }
    });

    const troubles = async (w: WholeServer, fleet: Fleet, relay: TestRelay, ruleset: string): Promise<void> => {
      const look = () => convergence(w.server.state, fleet);
      await sees(
        () => look().converged === AGENTS,
        () => `all converged, ${stragglers(w.server.state, fleet)}`,
      );
      await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'edited' }], outbound: [] } });
      const published = () => w.server.state.world.groupByName('web')?.hash4_ipsets;
      const before = published();
      await sees(
        () => published() !== before && look().converged === AGENTS,
        () => `the edit is everywhere, ${stragglers(w.server.state, fleet)}`,
      );
      expect(relay.mails).toEqual([]);
      const [tampered, silent, moved, restarted] = [5, 12, 18, 23].map((index) => fleet.agents[index] as SimAgent) as [
        SimAgent,
        SimAgent,
        SimAgent,
        SimAgent,
      ];
      const nameOf = (agent: SimAgent): string => agent.progress().name;
      const idOf = (agent: SimAgent): string => String(w.host(agent.hostkey)?.id);

      await tampered.inject({ kind: 'tampered' });
      await silent.inject({ kind: 'silent' });
      expect(w.host(moved.hostkey)?.group).toBe('web');
      await w.edit('host', idOf(moved), { group: 'db' });
      await restarted.inject({ kind: 'restarts' });

      const drift = (): Promise<string> => curl(`${w.server.listening.api}/api/V2/host/${idOf(tampered)}/drift`);
      let shown: JsonObject = {};
      await sees(
        async () => {
          shown = JSON.parse(await drift()) as JsonObject;
          return shown.state === 'active_hashfail';
        },
        () => `the tampered host is found out, ${JSON.stringify(shown)}`,
      );
      expect(shown.differing).toEqual(['hash4_ipsets']);
      const sent = shown.sent as JsonObject;
      const reported = shown.reported as JsonObject;
      expect(reported.hash4_ipsets).not.toBe(sent.hash4_ipsets);
      expect((sent.texts as JsonObject).set4).not.toContain(TAMPERED_RULE);

      await sees(
        () => look().converged === AGENTS - 1 && w.host(silent.hostkey)?.active === 'inactive',
        () => `all but the silent one converged, ${stragglers(w.server.state, fleet)}`,
      );
      const address = (silent.progress().name.match(/\d+/)?.[0] ?? '').replace(/^0+/, '');
      await sees(
        () => !(w.server.state.sets.published?.text ?? '').includes(` 10.20.0.${address}/32\n`),
        () => 'its address leaves the sets',
      );
      expect(w.host(moved.hostkey)).toMatchObject({ group: 'db', active: 'active', hashpass: true });
      expect(w.host(restarted.hostkey)).toMatchObject({ active: 'active', hashpass: true });

      await silent.inject({ kind: 'talkative' });
      await sees(
        () => look().converged === AGENTS,
        () => `the silent one is back, ${stragglers(w.server.state, fleet)}`,
      );
      // A mail too many would have come by now.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(relay.mails.map(({ headers }) => headers.get('subject')).sort()).toEqual(
        [
          `Dog Agents Disconnected: "${nameOf(silent)}"`,
          `Dog Agents Reconnected: "${nameOf(silent)}"`,
          `Dog Back In Control On: ${nameOf(tampered)}`,
          `Dog Locally Modified On: ${nameOf(tampered)}`,
        ].sort(),
      );
      for (const { to, headers } of relay.mails) {
        expect(to).toEqual(['ops@example.org', 'night@example.org']);
        for (const header of ['date', 'message-id', 'mime-version', 'from']) expect(headers.get(header)).toBeTruthy();
      }
      await prints(w);
    };

    /** What an old server printed, names and form; what it shows is a part of what is shown today. */
    const SEED_GAUGES = [
      'publish_queue_length',
      'interval_since_last_agent_update',
      'hash_failures hash4_iptables: hash6_iptables: hash4_ipsets: hash6_ipsets: ipset_hash:',
      'no_agent_updates_received',
      'host_keepalive retirement: failure: recovery:',
    ];

    const prints = async (w: WholeServer): Promise<void> => {
      const at = w.server.listening.metrics;
      const counters = await curl(`${at}/imetrics/varz/counters`);
      const gauges = await curl(`${at}/imetrics/varz/gauges`);
      for (const text of [counters, gauges])
        for (const line of text.trimEnd().split('\n'))
          expect(line).toMatch(/^[a-z0-9_]+ (\d+(\.\d+)?|[^ :]+:\d+(\.\d+)?( [^ :]+:\d+(\.\d+)?)*)$/);
      expect(counters).toMatch(/^ips_update (\S+ )*keepalive:[1-9]\d*/m);
      for (const wanted of SEED_GAUGES) {
        const [name = '', ...keys] = wanted.split(' ');
        const line = gauges.split('\n').find((text) => text.startsWith(`${name} `)) ?? '';
        for (const key of keys) expect(line).toContain(` ${key}`);
        expect(line, name).not.toBe('');
      }
      expect(await curl(`${at}/imetrics/varz:counters`)).toMatch(/^alert hash_fail:1 hash_recover:1 keepalive_fail:1/);
      expect(counters).not.toContain('$dim');
      const prometheus = await curl(`${at}/metrics`);
      const figure = (name: string): number =>
        Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(prometheus)?.[1]);
      expect(figure('dog_trainer_publish_to_converge_seconds_count')).toBeGreaterThanOrEqual(AGENTS / 2);
      expect(figure('dog_trainer_report_seconds_count')).toBeGreaterThan(AGENTS);
      expect(figure('dog_trainer_actors{map_key="host"}')).toBe(AGENTS);
      expect(figure('dog_trainer_repairs_total{map_key="rules"}')).toBeGreaterThanOrEqual(1);
      expect(figure('ips_update{map_key="keepalive"}')).toBeGreaterThan(AGENTS);
      for (const name of ['nodejs_eventloop_lag_seconds', 'journal_entries', 'mailbox_length{map_key="host"}'])
        expect(figure(`dog_trainer_${name}`), name).toBeGreaterThanOrEqual(0);
      expect(gauges).toContain(`host_active_state active:${AGENTS} inactive:0 new:0 retired:0\n`);
    };
  });
}
