import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import type { Policy, PolicyPart } from '../../src/firewall/policy/policy.js';
import { wantedSets } from '../../src/firewall/policy/wanted-sets.js';
import { compileWantedSets } from '../../src/firewall/sets/compile-sets.js';
import type { Document } from '../../src/model/document.js';
import { SetBook } from '../../src/world/set-book.js';
import { makePolicy, makeRule } from '../support/make-policy.js';

/**
 * Trial 18: states of the policy are run through in any order, forwards, backwards, twice, flushed at different points.
 * The final bytes hang on the final state alone.
 */
const RUNS = process.env.TRIALS === 'full' ? 5000 : 300;

const v4 = fc.nat({ max: 40 }).map((n) => (n > 38 ? 'junk' : `10.0.0.${n >> 1}${n % 2 === 0 ? '/32' : ''}`));
const v6 = fc.nat({ max: 20 }).map((n) => `${n % 2 === 0 ? 'fd00::' : 'FD00:0::'}${n}`);
function lists(four: string, six: string) {
  return {
    [four]: fc.array(v4, { maxLength: 6 }),
    [six]: fc.array(v6, { maxLength: 4 }),
  };
}
const name = fc.constantFrom('web', 'db', 'a', 'a_gv4', 'two words');
const peer = fc.constantFrom(
  makeRule({ group_type: 'ROLE', group: '1' }),
  makeRule({ group_type: 'GROUP', group: 'self' }),
  makeRule({ group_type: 'ZONE', group: '2', service: '1' }),
  makeRule({ group_type: 'ROLE', group: 'all-active', action: 'DROP' }),
  makeRule({ group_type: 'ROLE', group: 'web', environment: 'q1' }),
);

/** Documents of every part that matters; `undefined` takes the document away. */
const bodies: Readonly<Record<Exclude<PolicyPart, 'link'>, fc.Arbitrary<object>>> = {
  group: fc.record({
    name,
    profile_id: fc.constantFrom('1', '2'),
    ...lists('external_ipv4_addresses', 'external_ipv6_addresses'),
  }),
  zone: fc.record({ name, ...lists('ipv4_addresses', 'ipv6_addresses') }),
  host: fc.record({
    group: name,
    active: fc.constantFrom('active', 'active', 'inactive'),
    interfaces: fc.array(fc.oneof(v4, v6), { maxLength: 4 }).map((eth0) => JSON.stringify({ eth0 })),
  }),
  profile: fc.constant({ name: 'p' }),
  ruleset: fc.record({
    profile_id: fc.constantFrom('1', '2'),
    rules: fc.record({ inbound: fc.array(peer, { maxLength: 3 }), outbound: fc.array(peer, { maxLength: 2 }) }),
  }),
  service: fc.record({
    name: fc.constant('s'),
    services: fc.constantFrom([{ protocol: 'tcp', ports: ['22'] }], [{ protocol: 'udp', ports: ['53', '5353'] }]),
  }),
  external: fc.record({
    name: fc.constantFrom('q1', 'u1'),
    state: fc.constantFrom('active', 'inactive'),
    address_handling: fc.constantFrom('union', 'prefix'),
    v4: fc.record({ groups: fc.record({ web: fc.array(v4, { maxLength: 4 }) }), zones: fc.constant({}) }),
    v6: fc.constant({ groups: {}, zones: {} }),
  }),
};

interface Event {
  readonly part: PolicyPart;
  readonly id: string;
  readonly body: object | undefined;
}

const event: fc.Arbitrary<Event> = fc.constantFrom(...(Object.keys(bodies) as (keyof typeof bodies)[])).chain((part) =>
  fc.record({
    part: fc.constant(part),
    id: fc.constantFrom('1', '2', '3'),
    body: fc.option(bodies[part], { nil: undefined, freq: 6 }),
  }),
);

/** A history, and the same documents come to by another way. */
const histories = fc.array(event, { minLength: 5, maxLength: 40 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    detour: fc.array(fc.constantFrom(...events), { maxLength: 60 }),
    flushes: fc.infiniteStream(fc.boolean()),
    order: fc.infiniteStream(fc.nat()),
  }),
);

function apply(policy: Policy, { part, id, body }: Event): void {
  const rows = policy[part] as Map<string, Document>;
  // Deleting first moves the document to the end, as a new row of a feed would be.
  rows.delete(id);
  if (body !== undefined) rows.set(id, { ...(body as Document), id });
}

function results(policy: Policy, dialect: 'dog1' | 'dog2') {
  return ['1', '2', '3'].map((id) => compileGroup(policy, id, { dialect, generateUnset: true }));
}

describe.each(['dog1', 'dog2'] as const)('trial 18: event permutations, %s', { timeout: 600_000 }, (dialect) => {
  it('the final bytes hang on the final state alone', () => {
    fc.assert(
      fc.property(histories, ({ events, detour, flushes, order }) => {
        const straight = makePolicy({});
        for (const one of events) apply(straight, one);

        // The last word on each document, in any order, after a detour over states of long ago.
        const last = [...new Map(events.map((one) => [`${one.part} ${one.id}`, one])).values()];
        const shuffled = last
          .map((one) => [order.next().value, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const policy = Object.assign(makePolicy({}), { version: 0 });
        const sets = new SetBook(policy, dialect);
        for (const one of [...detour, ...shuffled, ...shuffled]) {
          apply(policy, one);
          policy.version += 1;
          if (!flushes.next().value) continue;
          sets.render();
          results(policy, dialect);
        }

        const { text, hash } = compileWantedSets(wantedSets(straight, dialect).wanted, dialect);
        expect(sets.render()).toMatchObject({ text, hash });
        expect(results(policy, dialect)).toEqual(results(straight, dialect));
      }),
      { numRuns: RUNS },
    );
  });
});
