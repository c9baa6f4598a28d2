import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/model/document.js';

/** A whole ruleset input, in the form that the command `compile` takes. */
export interface PolicyInput {
  readonly profile: JsonObject & {
    readonly rules: { readonly inbound: JsonObject[]; readonly outbound: JsonObject[] };
  };
  readonly type: 'ipsets' | 'iptables';
  readonly version: 'v4' | 'v6';
  readonly selfGroup: string;
  readonly groups: JsonObject[];
  readonly zones: JsonObject[];
  readonly services: JsonObject[];
  readonly ipMaps: Record<'roleV4' | 'roleV6' | 'zoneV4' | 'zoneV6', Record<string, string[]>>;
}

const port = fc.nat({ max: 65535 }).map(String);
const range = fc
  .tuple(fc.nat({ max: 65534 }), fc.nat({ max: 65534 }))
  .map(([a, b]) => `${Math.min(a, b)}:${Math.max(a, b) + 1}`);
const ports = fc.oneof(
  { arbitrary: fc.array(port, { minLength: 1, maxLength: 1 }), weight: 3 },
  { arbitrary: fc.array(fc.oneof(port, range), { minLength: 1, maxLength: 40 }), weight: 1 },
);

/** Entries that the kernel takes in every dialect (icmp types that both families have a use for). */
const soundEntry: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'sctp', 'udplite'), ports }),
  fc.record({
    protocol: fc.constant('icmp'),
    ports: fc.array(fc.constantFrom('0', '3', '8', '11', '3/3', '13', 'echo-request', 'time-exceeded'), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.constantFrom<JsonObject>(
    { protocol: 'icmp', ports: ['any'] },
    { protocol: 'ipv6-icmp', ports: ['128'] },
    { protocol: '47', ports: [''] },
    { protocol: '253', ports: [] },
    { protocol: 'esp', ports: [] },
    { protocol: 'ah', ports: [''] },
    { protocol: '6', ports: [] },
  ),
);

const tcpEntry: fc.Arbitrary<JsonObject> = fc.record({ protocol: fc.constant('tcp'), ports });

const v4 = fc
  .tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: 0, max: 32 }))
  .map(([n, length]) => `${[24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')}/${length}`);
const v6 = fc
  .tuple(
    fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 }),
    fc.integer({ min: 0, max: 128 }),
  )
  .map(([groups, length]) => `${groups.map((group) => group.toString(16)).join(':')}/${length}`);

const SAFE_NAMES = ['web', 'db_qa', 'a', 'A.b-c', 'abcdefghijklmnopqrstuvwxyz', '9', '-x', 'any-thing'];
export const GROUP_IDS = ['g1', 'g2', 'g3', 'self', 'all-active'] as const;
export const ZONE_IDS = ['z1', 'z2'] as const;

const comment = fc.oneof(
  fc.constantFrom(
    '',
    'ssh',
    'two words',
    "it's fine",
    'say "hi" now',
    'a"b',
    '[1:2] x',
    'a: [b]',
    '--dport',
    '!',
    '$(id)',
    'Büro',
    ' ',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }).map((text) => text.replaceAll('\\', '/')),
  fc.string({ unit: 'grapheme', maxLength: 100 }).map((text) => text.replace(/[\u0000-\u001f\u007f\\]/g, '.')),
);

const place = { group: fc.constantFrom(...GROUP_IDS), zone: fc.constantFrom(...ZONE_IDS) };
const peer: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({ group: 'any', group_type: 'ANY' }),
  place.group.map((group) => ({ group, group_type: 'ROLE' })),
  place.group.map((group) => ({ group, group_type: 'GROUP' })),
  place.zone.map((group) => ({ group, group_type: 'ZONE' })),
  fc.constant({ group: 'web', group_type: 'ROLE', environment: 'q1' }),
  fc.constant({ group: 'lab', group_type: 'ZONE', environment: 'q1' }),
);

const common = {
  action: fc.constantFrom('ACCEPT', 'DROP', 'REJECT', 'accept', 'Drop'),
  active: fc.oneof({ arbitrary: fc.constant(true), weight: 9 }, { arbitrary: fc.constant(false), weight: 1 }),
  comment,
  interface: fc.constantFrom('', '', '', 'eth0', 'ANY', 'bond0.100', 'tun+', '+', 'abcdefghijklmno', 'lo'),
  states: fc.uniqueArray(fc.constantFrom('NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED')),
  log: fc.boolean(),
  log_prefix: fc.string(),
};

const rule: fc.Arbitrary<JsonObject> = fc
  .tuple(
    peer,
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          ...common,
          type: fc.constant('BASIC'),
          service: fc.constantFrom('s1', 's2', 's3', 'any', ' '),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          ...common,
          type: fc.constant('CONNLIMIT'),
          service: fc.constant('tcp'),
          conn_limit_above: fc.oneof(fc.nat({ max: 5000 }), fc.constantFrom(0, 4294967295)),
          conn_limit_mask: fc.integer({ min: 0, max: 128 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record(
          {
            ...common,
            type: fc.constant('RECENT'),
            service: fc.constantFrom('s1', 's2', 'any', 'tcp'),
            seconds: fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.constant(2147483647)),
            hit_count: fc.integer({ min: 0, max: 255 }),
            recent_name: fc.constantFrom('ssh', 'DEFAULT', "o'k", 'x'.repeat(199), '-n'),
            recent_mask: fc.constantFrom<Json>('255.255.255.0', 'ffff:ffff:0:0::', [], '', '255.0.255.0'),
          },
          {
            requiredKeys: [
              ...(Object.keys(common) as (keyof typeof common)[]),
              'type',
              'service',
              'seconds',
              'hit_count',
            ],
          },
        ),
      },
    ),
  )
  .map(([who, what]) => ({ ...who, ...what }));

function addressMap(address: fc.Arbitrary<string>, keys: readonly string[]): fc.Arbitrary<Record<string, string[]>> {
  return fc
    .tuple(...keys.map(() => fc.array(address, { maxLength: 6 })))
    .map((lists) => Object.fromEntries(keys.map((key, index) => [key, lists[index] as string[]])));
}

const NAMES = fc.uniqueArray(fc.constantFrom(...SAFE_NAMES), { minLength: 5, maxLength: 5 });

/** Policies that any dialect must compile: all kinds of rules, both families, with sets and without. */
export const soundPolicy: fc.Arbitrary<PolicyInput> = NAMES.chain((names) => {
  const [g1, g2, g3, z1, z2] = names as [string, string, string, string, string];
  const groupKeys = [g1, g2, g3, 'all-active', 'q1#web', 'g1', 'g2'];
  const zoneKeys = [z1, z2, 'q1#lab', 'z1'];
  return fc.record({
    profile: fc.record(
      {
        id: fc.constant('p'),
        name: fc.constant('p'),
        rules: fc.record({ inbound: fc.array(rule, { maxLength: 6 }), outbound: fc.array(rule, { maxLength: 4 }) }),
        docker: fc.constantFrom<Json>(true, false, 'true', 'false', 'undefined'),
      },
      { requiredKeys: ['id', 'name', 'rules'] },
    ),
    type: fc.constantFrom('ipsets' as const, 'iptables' as const),
    version: fc.constantFrom('v4' as const, 'v6' as const),
    selfGroup: fc.constant(g1),
    groups: fc.constant([
      { id: 'self', name: 'self' },
      { id: 'all-active', name: 'all-active' },
      { id: 'g1', name: g1 },
      { id: 'g2', name: g2 },
      { id: 'g3', name: g3 },
    ] as JsonObject[]),
    zones: fc.constant([
      { id: 'z1', name: z1 },
      { id: 'z2', name: z2 },
    ] as JsonObject[]),
    services: fc
      .tuple(
        fc.array(soundEntry, { maxLength: 3 }),
        fc.array(soundEntry, { minLength: 1, maxLength: 1 }),
        fc.array(soundEntry, { minLength: 1, maxLength: 2 }),
        fc.array(tcpEntry, { minLength: 1, maxLength: 2 }),
      )
      .map((lists) => [
        { id: 'any', name: 'any', services: [{ protocol: 'any', ports: ['0:65535'] }] },
        ...lists.map((services, index) => ({
          id: ['s1', 's2', 's3', 'tcp'][index] as string,
          name: `svc${index}`,
          services,
        })),
      ]),
    ipMaps: fc.record({
      roleV4: addressMap(v4, groupKeys),
      roleV6: addressMap(v6, groupKeys),
      zoneV4: addressMap(v4, zoneKeys),
      zoneV6: addressMap(v6, zoneKeys),
    }),
  });
});
