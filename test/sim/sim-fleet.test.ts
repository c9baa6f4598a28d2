import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetAddresses, fleetHost } from '../../src/sim/fleet-hosts.js';
import { startFleet, type Fleet } from '../../src/sim/sim-fleet.js';
import { startTestServer } from '../support/test-server.js';

const TIMING = {
  ...QUICK_TIMING,
  startDelayMs: 5,
  pollMs: 10,
  keepaliveFirstMs: 20,
  keepaliveMs: 20,
  setsPauseMs: 1,
  reconnectMs: 5,
};
const SETS = 'create web_gv4 hash:net family inet -exist\nadd web_gv4 10.0.0.1\n';

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

describe('fleetHost', () => {
  it('gives each host names and addresses of its own, the same each time', () => {
    const hosts = Array.from({ length: 2000 }, (_, index) => fleetHost(index, 'web'));
    expect(new Set(hosts.map(({ hostkey }) => hostkey)).size).toBe(2000);
    expect(new Set(hosts.flatMap(({ interfaces }) => interfaces['eth0'] ?? [])).size).toBe(6000);
    expect(fleetHost(7, 'web')).toEqual(hosts[7]);
    expect(fleetAddresses(7, 1)).not.toEqual(fleetAddresses(7));
  });
});

describe('startFleet', () => {
  it('spreads agents over groups and connections; all report and all apply', async () => {
    const broker = createMemoryBroker();
    const server = await startTestServer(await broker.connect());
    fleet = await startFleet({
      broker,
      agents: 30,
      groups: ['web', 'db', 'cache'],
      connections: 3,
      timing: TIMING,
      spreadMs: 30,
    });
    expect(broker.connectionCount).toBe(4);
    await vi.waitFor(() => expect(new Set(server.reports.map(({ hostkey }) => hostkey)).size).toBe(30));
    const groups = fleet.progress().map(({ group }) => group);
    expect(['web', 'db', 'cache'].map((name) => groups.filter((group) => group === name).length)).toEqual([10, 10, 10]);
    await server.sendIpsets(SETS);
    await vi.waitFor(() => expect(fleet?.progress().every(({ ipsetsApplied }) => ipsetsApplied === 1)).toBe(true));
    expect(new Set(fleet.progress().map(({ hashes }) => hashes.ipset_hash)).size).toBe(1);
    await fleet.stop();
    expect(broker.connectionCount).toBe(1);
    expect(fleet.progress().some(({ running }) => running)).toBe(false);
  });

  it('comes back after the broker did, with queues and without a new force', async () => {
    const broker = createMemoryBroker();
    await startTestServer(await broker.connect());
    fleet = await startFleet({ broker, agents: 4, groups: ['web'], timing: TIMING });
    await vi.waitFor(() => expect(fleet?.progress().every(({ reportsSent }) => reportsSent > 0)).toBe(true));
    broker.fail('power cut');
    await new Promise((resolve) => setTimeout(resolve, 20));
    broker.recover();
    const server = await startTestServer(await broker.connect());
    await vi.waitFor(() => expect(new Set(server.reports.map(({ hostkey }) => hostkey)).size).toBe(4));
    await server.sendIpsets(SETS);
    await vi.waitFor(() => expect(fleet?.progress().every(({ ipsetsApplied }) => ipsetsApplied === 1)).toBe(true));
    expect(server.reports.some(({ updateType }) => updateType === 'force')).toBe(false);
  });

  it('begins as soon as there is a broker, when it went away during the start', async () => {
    const broker = createMemoryBroker();
    fleet = await startFleet({ broker, agents: 4, groups: ['web'], timing: TIMING, spreadMs: 40 });
    broker.fail('power cut');
    await new Promise((resolve) => setTimeout(resolve, 60));
    broker.recover();
    const server = await startTestServer(await broker.connect());
    await vi.waitFor(() => expect(new Set(server.reports.map(({ hostkey }) => hostkey)).size).toBe(4));
    const forces = server.reports.filter(({ updateType }) => updateType === 'force');
    expect(new Set(forces.map(({ hostkey }) => hostkey)).size).toBe(4);
  });

  it('has clones and strangers where they are ordered', async () => {
    const broker = createMemoryBroker();
    const server = await startTestServer(await broker.connect());
    const oddities = { 1: { cloneOf: 0 }, 2: { environment: 'qa' } };
    fleet = await startFleet({ broker, agents: 3, groups: ['web'], timing: TIMING, oddities });
    await vi.waitFor(() => expect(new Set(server.reports.map(({ name }) => name)).size).toBe(3));
    expect(new Set(server.reports.map(({ hostkey }) => hostkey)).size).toBe(2);
    expect(server.reports.find(({ name }) => name.startsWith('host-0003'))?.environment).toBe('qa');
  });

  it('fails with the reason, and leaves nothing open, when there is no broker', async () => {
    const broker = createMemoryBroker();
    broker.fail('not today');
    await expect(startFleet({ broker, agents: 2, groups: ['web'], connections: 2 })).rejects.toThrow('not today');
    await expect(startFleet({ broker, agents: 2, groups: [] })).rejects.toThrow(RangeError);
    expect(broker.connectionCount).toBe(0);
  });
});
