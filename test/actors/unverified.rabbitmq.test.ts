import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { textOf } from '../../src/model/text-of.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetHost } from '../../src/sim/fleet-hosts.js';
import { SimAgent } from '../../src/sim/sim-agent.js';
import { client } from '../support/api-client.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTestRelay } from '../support/smtp-relay.js';
import { startWholeServer, until } from '../support/whole-server.js';

const rabbit = await startRabbit();
const why = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (why !== undefined) process.stdout.write(`hosts that cannot show their rules: skipped: ${why}\n`);
afterAll(async () => void ('unavailable' in rabbit ? undefined : await rabbit.close()));

const PATIENT = { timeout: 30_000, interval: 50 } as const;

/** A server, and one host whose agent is the Elixir one. */
async function scene(readBack: boolean, hostIndex: number) {
  if ('unavailable' in rabbit) throw new Error(rabbit.unavailable);
  const broker = createAmqpBroker({ urls: [rabbit.url] });
  const relay = await startTestRelay();
  const whole = await startWholeServer({
    broker,
    set: [
      'broker.kind=amqp',
      `broker.url=${rabbit.url}`,
      'polling_interval_seconds=1',
      'api.commands=true',
      `drift.read_back=${readBack}`,
      'drift.read_back_seconds=1',
      'hashcheck_alert_seconds=1',
      'repair_interval_seconds=1',
      'smtp_relay=127.0.0.1',
      `smtp_port=${relay.port}`,
      'smtp_tls=none',
      'smtp_from=dog@example.org',
      'smtp_to=ops@example.org',
    ],
  });
  const group = await whole.group('web');
  const agent = new SimAgent({
    identity: { ...fleetHost(hostIndex, 'web'), kind: 'elixir' },
    timing: { ...QUICK_TIMING, keepaliveFirstMs: 300, keepaliveMs: 300 },
  });
  const connection = await broker.connect();
  agent.start(connection);
  const row = () => whole.host(agent.hostkey) as JsonObject | undefined;
  await until(() => row()?.active === 'active', 'the host is active', PATIENT);
  const wanted = () => whole.server.state.world.groupByName('web') as JsonObject;
  const runsWhatItShould = (): boolean => agent.progress().hashes.hash4_ipsets === wanted().hash4_ipsets;
  await until(runsWhatItShould, 'it runs what it was sent', PATIENT);
  const drift = async () => (await whole.api('GET', `/api/V2/host/${textOf(row()?.id)}/drift`)).json;
  const repairs = (): number => whole.server.state.drift.get(agent.hostkey)?.repairs ?? 0;
  const subjects = (): string[] => relay.mails.map(({ headers }) => headers.get('subject') ?? '');
  const agreed = (): unknown =>
    whole
      .tree()
      .children?.find(({ id }) => id === 'publishers_sup')
      ?.children?.find(({ id }) => id === 'read_back')?.detail?.['agrees'];
  const end = async (): Promise<void> => {
    await agent.stop();
    await connection.close();
    await whole.stop();
    await relay.close();
  };
  return { whole, group, agent, row, drift, repairs, subjects, agreed, runsWhatItShould, end };
}

describe.skipIf(why !== undefined)('a host whose agent cannot show its rules', { timeout: 90_000 }, () => {
  it('is unverified: nobody is alarmed, nothing is repaired, and its sets count as ever', async () => {
    const { whole, agent, row, drift, repairs, subjects, end } = await scene(false, 9);
    const sent = agent.progress().rulesetsApplied;
    await agent.inject({ kind: 'tampered' });
    const before = agent.progress().reportsSent;
    await until(() => agent.progress().reportsSent > before + 8, 'reports', PATIENT);
    expect(row()).toMatchObject({ active: 'active', hashpass: true, unverified: true });
    expect(await drift()).toMatchObject({ unverified: true, differing: [] });
    expect([repairs(), subjects(), agent.progress().rulesetsApplied]).toEqual([0, [], sent]);
    expect((await whole.api('GET', '/readyz')).text).toContain('1 cannot show their rules');
    const scrape = client(whole.server.listening.metrics);
    await until(
      async () => (await scrape('GET', '/metrics')).text.includes('dog_trainer_hosts_unverified 1\n'),
      'the gauge',
      PATIENT,
    );
    await end();
  });

  it('is found out by reading its rules back: mail, repair, recovery', async () => {
    const { agent, row, agreed, subjects, runsWhatItShould, end } = await scene(true, 19);
    await until(() => agreed() === 1, 'what was read back agrees', PATIENT);
    expect(subjects()).toEqual([]);
    // More than the tolerance after the first look that agreed.
    await agent.inject({ kind: 'tampered' });
    expect(runsWhatItShould()).toBe(false);
    await until(() => subjects().length > 0, 'the mail', PATIENT);
    await until(runsWhatItShould, 'the repair', PATIENT);
    await until(() => row()?.hashpass === true, 'the recovery', PATIENT);
    await until(() => subjects().length === 2, 'the mail that it recovered', PATIENT);
    expect(row()).toMatchObject({ unverified: true });
    await end();
  });
});
