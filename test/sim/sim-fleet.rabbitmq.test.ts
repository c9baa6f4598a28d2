import { afterAll, expect, it, vi } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetHost } from '../../src/sim/fleet-hosts.js';
import { startFleet } from '../../src/sim/sim-fleet.js';
import { encodeRequest } from '../../src/wire/messages/file-transfer.js';
import { parseReply } from '../../src/wire/messages/file-transfer-reply.js';
import { encodeConfig } from '../../src/wire/messages/config.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTestServer } from '../support/test-server.js';

const SETS = 'create web_gv4 hash:net family inet -exist\nadd web_gv4 10.0.0.1\n';
const RULES =
  '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -m set --match-set web_gv4 src -j ACCEPT\nCOMMIT\n';
const WAIT = { timeout: 10_000, interval: 50 };

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: a simulated fleet (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());

  it('RabbitMQ: a simulated fleet reports, applies, answers, loses its config queue, and goes', async () => {
    const broker = createAmqpBroker({ urls: [rabbit.url] });
    const connection = await broker.connect();
    const server = await startTestServer(connection);
    const fleet = await startFleet({ broker, agents: 20, groups: ['web', 'db'], connections: 2, timing: QUICK_TIMING });
    await vi.waitFor(() => expect(new Set(server.reports.map(({ hostkey }) => hostkey)).size).toBe(20), WAIT);
    await server.sendIpsets(SETS);
    await server.sendRuleset('*.*.web.*', { ruleset4_ipset: RULES });
    await vi.waitFor(() => {
      const progress = fleet.progress();
      expect(progress.every(({ ipsetsApplied }) => ipsetsApplied === 1)).toBe(true);
      const applied = progress.filter(({ rulesetsApplied }) => rulesetsApplied === 1);
      expect(applied.map(({ group }) => group)).toEqual(new Array<string>(10).fill('web'));
    }, WAIT);

    const { hostkey } = fleetHost(0, 'web');
    const stamp = stampAt(new Date());
    const command = { command: 'execute_command', commandLine: 'uptime', useShell: false } as const;
    const answer = await server.ask(hostkey, encodeRequest(command, 'ops', stamp), 5000);
    expect(parseReply(answer?.body ?? Buffer.alloc(0), answer?.contentType)).toEqual({
      kind: 'ok',
      output: 'uptime\n',
    });

    const config = { hostkey, group: 'db', environment: '*', location: '*' };
    await server.publish('config', hostkey, encodeConfig(config, stamp));
    await vi.waitFor(async () => expect(await connection.inspectQueue(`config.${hostkey}`)).toBeUndefined(), WAIT);
    expect((await connection.inspectQueue(`iptables.${hostkey}`))?.consumerCount).toBe(1);

    await fleet.stop();
    await vi.waitFor(async () => expect(await connection.inspectQueue(`iptables.${hostkey}`)).toBeUndefined(), WAIT);
    expect(fleet.progress().filter(({ lastError }) => lastError !== undefined)).toEqual([]);
    await connection.close();
  });
}
