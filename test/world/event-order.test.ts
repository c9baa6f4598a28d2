import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGroup, type CompiledGroup } from '../../src/firewall/policy/compile-group.js';
import type { Dialect } from '../../src/firewall/dialect.js';
import type { Document } from '../../src/model/document.js';
import type { Dirt } from '../../src/world/dirt.js';
import { SetBook } from '../../src/world/set-book.js';
import { World, WORLD_TABLES, type WorldTableName } from '../../src/world/world.js';
import { makeRule } from '../support/make-policy.js';
import { deliveries, docOf, histories, type Delivery, type Part, parts } from './policy-histories.js';

/**
 * Trial 18, the actors' side: rows reach the world in any order between tables, twice, in batches cut anywhere, with
 * whole tables read again in between. Only what the world calls dirty is compiled; the outcome is that of compiling
 * everything at the end.
 */
const RUNS = process.env.TRIALS === 'full' ? 8000 : 400;

function compile(world: World, id: string, options: Options): CompiledGroup {
  return compileGroup(world.policy, id, options);
}

interface Options {
  readonly dialect: Dialect;
  readonly generateUnset: boolean;
}

/** Runs the deliveries through a world whose outputs are made only from its dirt, as the actors do. */
function byDirt(order: readonly Delivery[], options: Options) {
  const world = new World(options);
  for (const table of WORLD_TABLES) world.reconcile(table, []);
  const book = new SetBook(world.policy, options.dialect);
  const outputs = new Map<string, CompiledGroup>();
  let sets = book.render();
  const follow = (dirt: Dirt): void => {
    for (const id of dirt.groups) outputs.set(id, compile(world, id, options));
    for (const id of dirt.removedGroups) outputs.delete(id);
    if (dirt.setSources.size > 0) sets = book.render();
  };
  const tables = new Map<Part, Map<string, Document>>(parts.map((part) => [part, new Map()]));
  for (const { part, events, how } of order) {
    const rows = tables.get(part) as Map<string, Document>;
    const seen = events.map((each) => {
      const after = docOf(each);
      if (after === undefined) rows.delete(each.id);
      else rows.set(each.id, after);
      return after === undefined ? { id: each.id } : { id: each.id, after };
    });
    if (how === 'whole') follow(world.reconcile(part, rows.values()));
    else follow(world.apply(part, seen));
    if (how === 'twice') follow(world.apply(part, seen));
  }
  return { world, outputs, sets };
}

describe('the world, whatever the order of events', () => {
  for (const generateUnset of [false, true])
    for (const dialect of ['dog1', 'dog2'] as const)
      it(`dirt leads to what a fresh compile gives (${dialect}, unset tables ${generateUnset ? 'on' : 'off'})`, () => {
        const options = { dialect, generateUnset };
        fc.assert(
          fc.property(
            histories.chain((events) => fc.tuple(deliveries(events), deliveries(events))),
            ([one, other]) => {
              const a = byDirt(one, options);
              const fresh = new World(options);
              for (const table of WORLD_TABLES) fresh.reconcile(table, a.world.rows(table).values());
              const expected = new Map(
                [...fresh.rows('group').keys()].map((id) => [id, compile(fresh, id, options)] as const),
              );
              expect(new Map([...a.outputs].sort())).toEqual(new Map([...expected].sort()));
              expect(a.sets.text).toBe(new SetBook(fresh.policy, dialect).render().text);
              // Another order of the same changes ends in the same bytes.
              const b = byDirt(other, options);
              expect(new Map([...b.outputs].sort())).toEqual(new Map([...a.outputs].sort()));
              expect(b.sets.text).toBe(a.sets.text);
            },
          ),
          { numRuns: RUNS / 4 },
        );
      });

  it('a change of what the server itself writes, or of a keepalive, dirties nothing', () => {
    const world = new World({ generateUnset: true });
    for (const table of WORLD_TABLES) world.reconcile(table, []);
    const group = { id: '1', name: 'web', profile_id: '1', hash4_ipsets: '' } as unknown as Document;
    const host = { id: '1', hostkey: 'key-1', group: 'web', active: 'active', interfaces: '{}' } as unknown as Document;
    world.apply('group', [{ id: '1', after: group }]);
    world.apply('host', [{ id: '1', after: host }]);
    const { version } = world;
    const hashed = world.apply('group', [{ id: '1', after: { ...group, hash4_ipsets: 'h' } }]);
    expect([hashed.groups.size, hashed.setSources.size, [...hashed.groupHashes]]).toEqual([0, 0, ['1']]);
    const alive = world.apply('host', [{ id: '1', after: { ...host, keepalive_timestamp: 7 } }]);
    expect([alive.groups.size, alive.setSources.size, alive.hostConfigs.length]).toEqual([0, 0, 0]);
    expect(world.version).toBe(version);
    expect(world.apply('host', [{ id: '1', after: { ...host, keepalive_timestamp: 7 } }]).hosts).toEqual([]);
  });

  it('without sets, a host that moves dirties the rules of its own group, which may name it as self', () => {
    const world = new World({ generateUnset: true });
    for (const table of WORLD_TABLES) world.reconcile(table, []);
    const put = (table: WorldTableName, doc: object) => world.apply(table, [{ id: '1', after: { id: '1', ...doc } }]);
    put('profile', { name: 'p' });
    put('ruleset', {
      profile_id: '1',
      rules: { inbound: [makeRule({ group_type: 'ROLE', group: 'self' })], outbound: [] },
    });
    put('group', { name: 'web', profile_id: '1' });
    const host = { hostkey: 'key-1', group: 'web', active: 'active', interfaces: '{"eth0":["10.0.0.1"]}' };
    expect([...put('host', host).groups]).toEqual(['1']);
    expect([...put('host', { ...host, interfaces: '{"eth0":["10.0.0.2"]}' }).groups]).toEqual(['1']);
    expect([...put('host', { ...host, interfaces: '{"eth0":["10.0.0.2"]}' }).groups]).toEqual([]);
  });

  it('a group removed and made again in one batch is not lost, and one made and removed is gone', () => {
    const world = new World({ generateUnset: false });
    for (const table of WORLD_TABLES) world.reconcile(table, []);
    const after = { id: '1', name: 'web' } as unknown as Document;
    world.apply('group', [{ id: '1', after }]);
    const again = world.apply('group', [{ id: '1' }, { id: '1', after }]);
    expect([[...again.groups], [...again.removedGroups]]).toEqual([['1'], []]);
    const gone = world.apply('group', [{ id: '1', after: { ...after, name: 'db' } }, { id: '1' }]);
    expect([[...gone.groups], [...gone.removedGroups]]).toEqual([[], ['1']]);
  });
});
