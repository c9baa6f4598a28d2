import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompileBook } from '../../src/firewall/policy/compile-book.js';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { finish } from '../../src/firewall/finish.js';
import type { Document } from '../../src/model/document.js';
import { World, WORLD_TABLES } from '../../src/world/world.js';
import { makeRule } from '../support/make-policy.js';
import { deliveries, docOf, histories, type Delivery } from './policy-histories.js';

const RUNS = process.env.TRIALS === 'full' ? 4000 : 200;

function loaded(options: { readonly generateUnset: boolean }): World {
  const world = new World(options);
  for (const table of WORLD_TABLES) world.reconcile(table, []);
  return world;
}

function deliver(world: World, { part, events }: Delivery): void {
  const seen = events.map((each) => {
    const after = docOf(each);
    return after === undefined ? { id: each.id } : { id: each.id, after };
  });
  world.apply(part, seen);
}

describe('the compile book', () => {
  for (const generateUnset of [false, true])
    for (const dialect of ['dog1', 'dog2'] as const)
      it(`gives what a fresh compile gives after every change, also of a change in the middle (${dialect}, unset tables ${generateUnset ? 'on' : 'off'})`, () => {
        const options = { dialect, generateUnset };
        fc.assert(
          fc.property(
            histories.chain((events) => deliveries(events)),
            fc.infiniteStream(fc.nat({ max: 6 })),
            fc.constantFrom(0, 5_000, 32 << 20),
            (order, stops, maxChars) => {
              const world = loaded(options);
              const book = new CompileBook(world.policy, { ...options, maxChars });
              for (const delivery of order) {
                // Some compilation is under way when the change comes, and ends after it.
                const id = ['1', '2', '3'][(stops.next().value as number) % 3] as string;
                const work = book.compile(id);
                let step = work.next();
                for (let left = stops.next().value as number; left > 0 && step.done !== true; left -= 1)
                  step = work.next();
                const under = step.done !== true;
                deliver(world, delivery);
                if (under) expect(finish(work)).toEqual(compileGroup(world.policy, id, options));
                for (const group of ['1', '2', '3'])
                  expect(finish(book.compile(group))).toEqual(compileGroup(world.policy, group, options));
              }
            },
          ),
          { numRuns: RUNS / 4 },
        );
      });

  const options = { dialect: 'dog2', generateUnset: true } as const;
  const put = (
    world: World,
    table: 'group' | 'profile' | 'ruleset' | 'zone' | 'host' | 'service',
    doc: Document,
  ): void => void world.apply(table, [{ id: doc.id, after: doc }]);
  const withRules = (...inbound: ReturnType<typeof makeRule>[]): World => {
    const world = loaded(options);
    put(world, 'profile', { id: 'p', name: 'p' });
    put(world, 'ruleset', { id: 'r', profile_id: 'p', rules: { inbound, outbound: [] } });
    put(world, 'zone', { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
    for (const name of ['a', 'b', 'c']) put(world, 'group', { id: name, name, profile_id: 'p' });
    return world;
  };
  const compile = (book: CompileBook, id: string): unknown => finish(book.compile(id));

  it('makes the texts of groups that share a profile once, and again only when what they rest on changed', () => {
    const world = withRules(makeRule({ group_type: 'ZONE', group: 'z' }));
    const book = new CompileBook(world.policy, options);
    const first = compile(book, 'a');
    expect(first).toMatchObject({ ok: true, sets: ['office_zv4', 'office_zv6'] });
    expect(compile(book, 'b')).toBe(first);
    put(world, 'group', { id: 'd', name: 'd', profile_id: 'p' });
    put(world, 'service', { id: 'other', name: 'other', services: [] });
    put(world, 'zone', { id: 'other', name: 'other', ipv4_addresses: ['10.0.0.1'], ipv6_addresses: [] });
    for (const id of ['a', 'b', 'c', 'd']) expect(compile(book, id)).toBe(first);
    put(world, 'zone', { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    const second = compile(book, 'd');
    expect(second).not.toEqual(first);
    for (const id of ['a', 'b', 'c']) expect(compile(book, id)).toBe(second);
  });

  it('makes texts of its own for each group whose rules are about itself', () => {
    const world = withRules(makeRule({ group_type: 'ROLE', group: 'self' }));
    const book = new CompileBook(world.policy, options);
    expect(compile(book, 'a')).toMatchObject({ sets: ['a_gv4', 'a_gv6'] });
    expect(compile(book, 'b')).toMatchObject({ sets: ['b_gv4', 'b_gv6'] });
    expect(compile(book, 'a')).toBe(compile(book, 'a'));
    put(world, 'group', { id: 'a', name: 'renamed', profile_id: 'p' });
    expect(compile(book, 'a')).toMatchObject({ sets: ['renamed_gv4', 'renamed_gv6'] });
  });

  it('ends also when policy changes under it again and again', () => {
    const world = withRules(makeRule({ comment: '0' }));
    const book = new CompileBook(world.policy, options);
    const work = book.compile('a');
    let step = work.next();
    let edits = 0;
    for (; step.done !== true && edits < 1000; step = work.next()) {
      edits += 1;
      const inbound = [makeRule({ comment: String(edits) })];
      put(world, 'ruleset', { id: 'r', profile_id: 'p', rules: { inbound, outbound: [] } });
    }
    expect(edits).toBeLessThan(100);
    expect(step.value).toEqual(compileGroup(world.policy, 'a', options));
  });
});
