import fc from 'fast-check';
import type { Document } from '../../src/model/document.js';
import type { WorldTableName } from '../../src/world/world.js';
import { makeRule } from '../support/make-policy.js';

const ids = ['1', '2', '3'] as const;
const name = fc.constantFrom('web', 'db', 'a', 'self');
const addresses = fc.array(
  fc.nat({ max: 9 }).map((n) => `10.0.0.${n}/32`),
  { maxLength: 3 },
);
const rule = fc
  .record({
    peer: fc.oneof(
      fc.record({ group_type: fc.constant('ROLE'), group: fc.constantFrom(...ids, 'self', 'all-active') }),
      fc.record({ group_type: fc.constant('ZONE'), group: fc.constantFrom(...ids) }),
      fc.constant({ group_type: 'ANY', group: 'any' }),
    ),
    service: fc.constantFrom(...ids, 'any'),
    active: fc.nat({ max: 5 }).map((n) => n > 0),
  })
  .map(({ peer, ...parts }) => makeRule({ ...parts, ...peer }));
const rules = fc.record({ inbound: fc.array(rule, { maxLength: 3 }), outbound: fc.array(rule, { maxLength: 1 }) });

const bodies = {
  group: fc.record({
    name,
    profile_id: fc.constantFrom(...ids),
    external_ipv4_addresses: addresses,
    hash4_ipsets: fc.constantFrom('', 'x'),
  }),
  zone: fc.record({ name, ipv4_addresses: addresses }),
  host: fc.record({
    hostkey: fc.constantFrom('key-1', 'key-2', 'key-3'),
    group: name,
    active: fc.constantFrom('active', 'active', 'inactive', 'new'),
    interfaces: addresses.map((eth0) => JSON.stringify({ eth0: eth0.map((one) => one.replace('/32', '')) })),
    keepalive_timestamp: fc.nat({ max: 5 }),
  }),
  profile: fc.record({ name, rules: fc.option(rules, { nil: undefined }) }),
  ruleset: fc.record({ profile_id: fc.constantFrom(...ids), rules }),
  service: fc.record({
    name: fc.constant('s'),
    services: fc.constantFrom([{ protocol: 'tcp', ports: ['22'] }], [{ protocol: 'udp', ports: ['53'] }]),
  }),
  external: fc.record({
    name: fc.constantFrom('q1', 'u1'),
    state: fc.constantFrom('active', 'inactive'),
    address_handling: fc.constantFrom('union', 'prefix'),
    v4: addresses.map((web) => ({ groups: { web }, zones: {} })),
    v6: fc.constant({ groups: {}, zones: {} }),
  }),
} satisfies Partial<Record<WorldTableName, fc.Arbitrary<object>>>;
export type Part = keyof typeof bodies;
export const parts = Object.keys(bodies) as Part[];

export interface Event {
  readonly part: Part;
  readonly id: string;
  readonly body: object | undefined;
}
const event: fc.Arbitrary<Event> = fc.constantFrom(...parts).chain((part) =>
  fc.record({
    part: fc.constant(part),
    id: fc.constantFrom(...ids),
    body: fc.option<object, undefined>(bodies[part], { nil: undefined, freq: 5 }),
  }),
);

/** A policy that compiles, so that most outcomes are rules and not complaints; then anything may happen to it. */
export const histories: fc.Arbitrary<readonly Event[]> = fc
  .tuple(
    fc.tuple(
      ...parts.flatMap((part) =>
        ids.map((id) => (bodies[part] as fc.Arbitrary<object>).map((body): Event => ({ part, id, body }))),
      ),
    ),
    fc.array(event, { minLength: 3, maxLength: 25 }),
  )
  .map(([base, more]) => [...base, ...more]);

/** How the events of one table are delivered: cut into batches, some of them twice, some as a whole table. */
export interface Delivery {
  readonly part: Part;
  readonly events: readonly Event[];
  readonly how: 'once' | 'twice' | 'whole';
}

/** One order of delivery: each table's own order stands, as its feed keeps it; between tables anything goes. */
export function deliveries(events: readonly Event[]): fc.Arbitrary<readonly Delivery[]> {
  return fc
    .array(
      fc.record({
        turn: fc.nat(),
        cut: fc.integer({ min: 1, max: 3 }),
        how: fc.constantFrom('once', 'twice', 'whole'),
      }),
      {
        minLength: events.length,
        maxLength: events.length,
      },
    )
    .map((choices) => {
      const queues = parts
        .map((part) => events.filter((each) => each.part === part))
        .filter((queue) => queue.length > 0);
      const delivered: Delivery[] = [];
      for (const { turn, cut, how } of choices) {
        const left = queues.filter((queue) => queue.length > 0);
        const queue = left[turn % (left.length || 1)];
        const first = queue?.[0];
        if (queue === undefined || first === undefined) break;
        delivered.push({ part: first.part, events: queue.splice(0, cut), how: how });
      }
      return [
        ...delivered,
        ...queues
          .filter((queue) => queue.length > 0)
          .map((queue): Delivery => ({ part: (queue[0] as Event).part, events: queue, how: 'once' })),
      ];
    });
}

export function docOf({ id, body }: Event): Document | undefined {
  return body === undefined ? undefined : { id, ...body };
}
