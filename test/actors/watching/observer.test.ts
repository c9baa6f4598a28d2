import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/actors/watching/observation.js';
import { Observer } from '../../../src/actors/watching/observer.js';
import type { Document, JsonObject } from '../../../src/model/document.js';
import { cast } from '../../../src/otp/index.js';
import { SetBook } from '../../../src/world/set-book.js';
import { World, WORLD_TABLES } from '../../../src/world/world.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { linkTo } from '../../support/linked-servers.js';

const NO_PROFILE: Document = { id: 'g1', name: 'web', profile_id: 'none' };

async function observerAlone() {
  const stage = actorStage();
  const world = new World({ generateUnset: false });
  const seen: Observation[] = [];
  const pid = await stage.start(
    new Observer({
      clock: stage.clock,
      world,
      sets: new SetBook(world.policy, 'dog1'),
      dialect: 'dog1',
      config: {
        generate_unset_tables: false,
        check_v6_hashes: true,
        env: 'me',
        links: { names_max: 5, addresses_max: 4 },
      },
      log: stage.log,
      seen: (observation) => seen.push(observation),
    }),
  );
  return {
    stage,
    world,
    seen,
    shown: () => shownBy(stage, pid),
    changed: async () => {
      cast(stage.system, pid, { tag: 'changed' });
      await stage.idle();
    },
    load: (...groups: readonly Document[]) => {
      for (const table of WORLD_TABLES) world.reconcile(table, table === 'group' ? groups : []);
    },
    loadAll: (tables: Partial<Record<string, readonly Document[]>>) => {
      for (const table of WORLD_TABLES) world.reconcile(table, tables[table] ?? []);
    },
  };
}

describe('the observer', () => {
  it('waits until every table was seen', async () => {
    const o = await observerAlone();
    await o.stage.advance(5000);
    expect([o.seen, o.shown()]).toEqual([[], { state: 'loading' }]);
    o.load();
    await o.stage.advance(1000);
    expect([o.seen.length, o.shown()]).toMatchObject([1, { groups: 0, sets: 'differs' }]);
  });

  it('compares a second after changes, once for all that gathered', async () => {
    const o = await observerAlone();
    o.load(NO_PROFILE);
    await o.stage.advance(1000);
    expect(o.seen[0]?.groups).toMatchObject([{ id: 'g1', name: 'web', state: 'cannot_compare' }]);
    await o.stage.advance(60_000);
    expect(o.seen).toHaveLength(1);
    for (let n = 0; n < 5; n += 1) await o.changed();
    await o.stage.advance(999);
    expect(o.seen).toHaveLength(1);
    await o.stage.advance(1);
    expect(o.seen).toHaveLength(2);
  });

  it('compares the sets with the newest hash that is stored', async () => {
    const o = await observerAlone();
    o.load();
    await o.stage.advance(1000);
    const hash = o.seen[0]?.sets.hash ?? '';
    expect(o.seen[0]?.sets).toMatchObject({ state: 'differs', stored: null });
    o.world.apply('ipset', [{ id: 'i', after: { id: 'i', hash, timestamp: 1 } }]);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.seen[1]?.sets).toEqual({ state: 'same', stored: hash, hash });
  });

  it('logs what it found, and that nothing changed not again', async () => {
    const o = await observerAlone();
    o.load(NO_PROFILE);
    await o.stage.advance(1000);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.stage.warnings()).toEqual(['observed: this group cannot be compared']);
    o.world.apply('group', [{ id: 'g1' }]);
    await o.changed();
    await o.stage.advance(1000);
    expect(o.stage.lines.filter(({ level }) => level === 'info')).toHaveLength(2);
  });

  it('says what of the stored sets of a link would not be taken over, and what is told otherwise', async () => {
    const o = await observerAlone();
    const none = { groups: {}, zones: {} };
    const learnt = (id: string, zones: JsonObject, more: JsonObject = {}): Document => ({
      id: `e-${id}`,
      name: id,
      state: 'active',
      v4: { groups: {}, zones },
      v6: none,
      ec2: {},
      ...more,
    });
    const link = (name: string, more: JsonObject = {}): Document => ({ ...linkTo(name, 1, more), id: `l-${name}` });
    const inbound = { direction: 'inbound' };
    o.loadAll({
      link: [
        link('a1', inbound),
        link('b1', inbound),
        link('c1', inbound),
        link('d1', inbound),
        link('e1', { enabled: false }),
        link('f1', { direction: 'outbound' }),
        link('g1', { direction: 'outbound', connection: { host: 'a b' } }),
      ],
      external: [
        learnt('a1', { lab: ['10.0.0.1/32'] }),
        learnt('b1', { 'a1#lab': [], 'la b': [], lab: ['10.0.0.1/32'] }),
        learnt('c1', { lab: ['1', '2', '3', '4', '5'] }),
        learnt('d1', { lab: 'all' }),
        learnt('e1', { lab: [] }),
      ],
      group: [
        { id: 'g', name: 'web', external_ipv4_addresses: ['10.1.1.7/24', '10.1.1.9'], external_ipv6_addresses: [] },
      ],
      zone: [{ id: 'z', name: 'lab', ipv4_addresses: ['10.9.9.300', 'none'], ipv6_addresses: ['FD00::1', 'fd00::2'] }],
    });
    await o.stage.advance(1000);
    const said = Object.fromEntries((o.seen[0]?.links ?? []).map(({ name, differences }) => [name, differences]));
    expect(said).toEqual({
      a1: [],
      b1: [
        `"a1#lab": a # stands only between an environment's name and a set's`,
        expect.stringContaining('"la b": ') as string,
      ],
      c1: [
        'a message with the sets that are stored is refused: it has 5 addresses; at most 4 are taken (links.addresses_max)',
      ],
      d1: ['a message with the sets that are stored is refused: v4.zones.lab: not a list'],
      e1: ['its sets are in service though the link takes none in: they are taken out'],
      f1: [
        'group web: the Erlang server tells "10.1.1.7/24", this one 10.1.1.0/24',
        'zone lab: the Erlang server tells "10.9.9.300/32", this one leaves that out',
        'zone lab: the Erlang server tells "FD00::1/128", this one fd00::1/128',
      ],
      g1: ['nothing is sent: connection.host: must be a host name or an address'],
    });
    expect(o.seen[0]?.links.filter(({ state }) => state === 'same').map(({ name }) => name)).toEqual(['a1']);
  });
});
