import { describe, expect, it, onTestFinished } from 'vitest';
import { TAMPERED_RULE } from '../../src/sim/agent-fault.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetHost } from '../../src/sim/fleet-hosts.js';
import { SimAgent } from '../../src/sim/sim-agent.js';
import { startWholeServer, until } from '../support/whole-server.js';

describe('rules of an Elixir agent, read back', { timeout: 60_000 }, () => {
  it('show that somebody tampered with them: an alert, a repair, and they agree again', async () => {
    const set = ['api.commands=true', 'drift.read_back=true', 'drift.read_back_seconds=1'];
    const w = await startWholeServer({ set: [...set, 'hashcheck_alert_seconds=0', 'repair_interval_seconds=1'] });
    await w.group('web');
    const connection = await w.broker.connect();
    onTestFinished(() => connection.close());
    const identity = { ...fleetHost(0, 'web'), kind: 'elixir' } as const;
    const timing = { ...QUICK_TIMING, startDelayMs: 1, pollMs: 50, keepaliveFirstMs: 100, keepaliveMs: 200 };
    const agent = new SimAgent({ identity, timing });
    agent.start(connection);
    onTestFinished(() => agent.stop());
    const drift = async () => (await w.api('GET', `/api/V2/host/${String(w.host(agent.hostkey)?.id)}/drift`)).json;
    await until(() => w.host(agent.hostkey)?.unverified === true, 'unverified', { timeout: 30_000, interval: 20 });
    await until(() => agent.progress().rulesetsApplied > 0, 'its rules', { timeout: 30_000, interval: 20 });
    await agent.inject({ kind: 'tampered' });
    expect(agent.kernel.saveFilter('inet')).toContain(TAMPERED_RULE);
    await until(() => w.host(agent.hostkey)?.hashpass === false, 'drift', { timeout: 30_000, interval: 10 });
    await until(() => w.host(agent.hostkey)?.hashpass === true, 'agreement', { timeout: 30_000, interval: 10 });
    expect(agent.kernel.saveFilter('inet')).not.toContain(TAMPERED_RULE);
    expect(await drift()).toMatchObject({ unverified: true, differing: [] });
  });
});
