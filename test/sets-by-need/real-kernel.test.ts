import { expect, it } from 'vitest';
import { setsHash } from '../../src/firewall/ipset/normalize-sets.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import type { Oracle } from '../support/kernel-oracle.js';
import { kernelOfSuite } from '../support/kernel-of-suite.js';
import { startVirtualServer } from '../support/virtual-server.js';
import { listenToAll } from '../support/whole-server.js';
import { from, SHORT } from './need-fleet.js';

const kernelFor = kernelOfSuite();

/** What agents do with a message (docs/protocol.md#what-an-agent-does), with the real tools. */
async function apply(kernel: Oracle, body: Buffer): Promise<void> {
  const { ipsets, ruleset4_ipset: v4, ruleset6_ipset: v6 } = decodeRulesPayload(body);
  const [backend] = kernel.backends;
  if (backend === undefined) throw new Error('no back end');
  if (ipsets !== '') {
    expect(await kernel.loadSets(ipsets)).toEqual({ ok: true, message: '' });
    const named = new Set([...ipsets.matchAll(/^create (\S+)/gm)].map(([, name]) => name));
    const live = [...(await kernel.saveSets()).matchAll(/^create (\S+)/gm)].map(([, name = '']) => name);
    const surplus = live.filter((name) => !named.has(name)).sort();
    // One restore: it ends at the first set that is in use.
    if (surplus.length > 0) await kernel.loadSets(surplus.map((name) => `destroy ${name}\n`).join(''));
  }
  if (v4 !== false) expect(await kernel.loadRuleset(v4, 'v4', backend)).toMatchObject({ ok: true });
  if (v6 !== false) expect(await kernel.loadRuleset(v6, 'v6', backend)).toMatchObject({ ok: true });
}

it('a real kernel loads the sets before the rules that name them, and ends with the hash of just these', async (context) => {
  const kernel = kernelFor(context);
  const server = await startVirtualServer({ set: [...SHORT, 'ipset_scope=group'] });
  const { state } = server.server;
  const wire = await server.flow(listenToAll(server.broker));
  const zone = (name: string, address: string) =>
    server.create('zone', { name, ipv4_addresses: [address], ipv6_addresses: ['2001:db8::/32'] });
  const [office, lab] = [await zone('office', '192.0.2.0/25'), await zone('lab', '192.0.2.200')];
  const { group, ruleset } = await server.group('web', from(office));
  const wanted = () => state.groupSets.of(state.outputs.get(group)?.ruleset.sets ?? [])?.hash;
  const applied = async (): Promise<string> => {
    for (const { body } of wire.heard) await apply(kernel, body);
    wire.clear();
    return setsHash(await kernel.saveSets());
  };
  await server.pass(1000);
  expect(await applied()).toBe(wanted());

  await server.pass(5000);
  expect(await applied()).toBe(wanted());
  await server.edit('zone', office, { ipv4_addresses: ['198.51.100.0/24'] });
  await server.awaits(() => wire.heard.length > 0, 'the new address');
  expect(await applied()).toBe(wanted());

  await server.edit('ruleset', ruleset, { rules: { inbound: from(lab), outbound: [] } });
  await server.awaits(() => wire.texts('*.*.web.*').some((text) => text.includes('lab_zv4')), 'the new rules');
  // The set that the old rules name can't go before the new ones are in.
  expect(await applied()).not.toBe(wanted());
  await server.pass(5000);
  expect(await applied()).toBe(wanted());
  expect([...(await kernel.saveSets()).matchAll(/^create (\S+)/gm)].map(([, name]) => name).sort()).toEqual([
    'lab_zv4',
    'lab_zv6',
  ]);
});
