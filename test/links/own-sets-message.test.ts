import { expect, it } from 'vitest';
import { OwnSetsMessage } from '../../src/actors/links/own-sets-message.js';
import { POLICY_PARTS, type Policy } from '../../src/firewall/policy/policy.js';
import type { Document } from '../../src/model/document.js';
import { Slices } from '../../src/world/slices.js';
import { decodeFederation } from '../../src/wire/messages/federation.js';

it('what linked servers are told stays what it was while publishing is paused', async () => {
  const zone = new Map<string, Document>();
  const world = {
    ready: true,
    version: 1,
    policy: { ...Object.fromEntries(POLICY_PARTS.map((part) => [part, new Map()])), zone } as unknown as Policy,
  };
  const gate = { paused: false };
  const message = new OwnSetsMessage({
    clock: { now: () => 0 },
    config: { env: 'me' },
    world,
    dialect: 'dog2',
    gate,
    metrics: { count: () => undefined },
    slices: new Slices(),
  });
  const zones = async (): Promise<unknown> => decodeFederation((await message.now())?.body ?? Buffer.alloc(0)).v4.zones;
  expect(await zones()).toEqual({});
  gate.paused = true;
  zone.set('z', { id: 'z', name: 'lab', ipv4_addresses: ['10.0.0.1'], ipv6_addresses: [] });
  world.version = 2;
  expect(await zones()).toEqual({});
  gate.paused = false;
  expect(await zones()).toEqual({ lab: ['10.0.0.1/32'] });
  // The same body serves all links until the policy is another.
  expect(await message.now()).toBe(await message.now());
});
