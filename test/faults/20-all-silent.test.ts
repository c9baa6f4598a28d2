import { describe, expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';
import { listenToAll } from '../support/whole-server.js';

/** Trial 20: all agents silent for two hours of virtual time, and the wall clock jumps a day; the network is at fault, not they. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEYS = Array.from({ length: 20 }, (_, n) => `host-key-${String(n).padStart(4, '0')}`);

function states(w: VirtualServer): unknown[] {
  return KEYS.map((key) => w.host(key)?.active);
}
const ALL_ACTIVE = KEYS.map(() => 'active');

describe('trial 20: nobody is heard', { timeout: 120_000 }, () => {
  for (const [jump, title] of [
    [0, 'the clock runs on'],
    [DAY, 'the clock jumps a day on'],
    [-DAY, 'the clock jumps a day back'],
  ] as const)
    it(`${title}: nobody declared dead, no mail, nothing published; recovers by itself`, async () => {
      const w = await startVirtualServer();
      const { ruleset } = await w.group('web');
      for (const key of KEYS) await w.settle(key);
      await w.pass(10_000);
      const wire = await listenToAll(w.broker);
      await w.pass(HOUR);
      w.clock.jump(jump);
      await w.pass(HOUR / 2);
      // An edit meanwhile waits: whoever can't hear the fleet must not believe that it knows best.
      await w.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment: 'meanwhile' }], outbound: [] } });
      await w.pass(HOUR / 2);
      expect(states(w)).toEqual(ALL_ACTIVE);
      expect(w.relay.mails).toEqual([]);
      expect(wire.keys()).toEqual([]);

      // They are heard again, still with the old rules: what waited goes out once, and nobody is blamed.
      const old = w.hashes('web');
      for (const key of KEYS) await w.says('keepalive', key, old);
      await w.awaits(() => wire.texts('*.*.web.*').length > 0, 'the edit on the wire');
      expect(wire.texts('*.*.web.*')[0]).toContain('meanwhile');
      await w.pass(60_000);
      for (const key of KEYS) await w.says('keepalive', key);
      await w.pass(60_000);
      expect(states(w)).toEqual(ALL_ACTIVE);
      expect(KEYS.map((key) => w.host(key)?.hashpass)).toEqual(KEYS.map(() => true));
      expect(w.relay.mails).toEqual([]);
      expect(wire.keys().filter((key) => key === '*.*.web.*')).toHaveLength(1);
      expect(wire.keys().filter((key) => key === 'sets')).toEqual([]);
    });
});
