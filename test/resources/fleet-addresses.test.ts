import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { FleetAddresses } from '../../src/resources/views/fleet-addresses.js';
import { addressesOf } from '../../src/resources/views/group-addresses.js';

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const v4 = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.1.0/24', '192.0.2.7', 'none', '127.0.0.1');
const v6 = fc.constantFrom('2001:db8::1', '2001:DB8::2', 'fe80::1', 'x');

const host = fc
  .record({
    id: ids,
    active: fc.constantFrom('active', 'inactive', 'retired'),
    addresses: fc.array(fc.oneof(v4, v6), { maxLength: 4 }),
  })
  .map(({ addresses, ...rest }): Document => ({ ...rest, interfaces: JSON.stringify([['eth0', addresses]]) }));

const group = fc.record({
  id: ids,
  external_ipv4_addresses: fc.oneof(fc.array(v4, { maxLength: 3 }), fc.constant('none')),
  external_ipv6_addresses: fc.array(v6, { maxLength: 3 }),
}) as fc.Arbitrary<Document>;

const step = fc.record({
  hosts: fc.uniqueArray(host, { selector: ({ id }) => id }),
  groups: fc.uniqueArray(group, { selector: ({ id }) => id }),
  frozen: fc.boolean(),
  dialect: fc.constantFrom('dog1', 'dog2', 'dog2'),
  /** Documents that stay the same objects. */
  keep: fc.uniqueArray(ids as fc.Arbitrary<string>),
});

it('gives what all addresses together come to, whatever was asked for before', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const fleet = new FleetAddresses();
      let before: { readonly hosts: readonly Document[]; readonly groups: readonly Document[] } = {
        hosts: [],
        groups: [],
      };
      for (const { keep, frozen, dialect, ...next } of steps) {
        const mixed = (kind: 'hosts' | 'groups') => {
          const list = next[kind].map(
            (doc) =>
              ((keep as readonly string[]).includes(doc.id) && before[kind].find(({ id }) => id === doc.id)) || doc,
          );
          return frozen ? Object.freeze(list) : list;
        };
        before = { hosts: mixed('hosts'), groups: mixed('groups') };
        const { internal: _, ...fresh } = addressesOf(before.groups, before.hosts, () => dialect);
        const lists = fleet.listsOf(before.groups, before.hosts, () => dialect);
        expect(lists).toEqual(fresh);
        expect(fleet.listsOf(before.groups, before.hosts, () => dialect)).toBe(lists);
      }
    }),
  );
});

it('gives the same lists where a host changed in something else', () => {
  const fleet = new FleetAddresses();
  const one = { id: 'a', active: 'active', interfaces: '[["eth0",["10.0.0.1"]]]' };
  const lists = fleet.listsOf([], [one], () => 'dog2');
  expect(fleet.listsOf([], [{ ...one, keepalive_timestamp: 5 }], () => 'dog2')).toBe(lists);
});
