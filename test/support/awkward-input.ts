import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/model/document.js';

/** Mostly one of the usual values, now and then a strange one. */
function odd(usual: readonly Json[], strange: readonly Json[], weight = 40): fc.Arbitrary<Json> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight },
    { arbitrary: fc.constantFrom(...strange), weight: 1 },
  );
}

function words(text: string): string[] {
  return text.split(' ');
}

const COMMENT_PIECES = [
  ...words('a " \' [ ] : \\ # - é ! 💥 \u0301 \u00a0 [1:2] \\" \\\\'),
  'b c',
  ' ',
  ' \u0301',
  '\t',
  '\r',
];
const comment = fc.oneof(
  fc.array(fc.constantFrom(...COMMENT_PIECES), { maxLength: 7 }).map((pieces) => pieces.join('')),
  odd(['', 'ssh', 'two words'], [null, ['a', 'b c'], [], 7, 'c'.repeat(255), 'c'.repeat(256), 'é'.repeat(128)], 6),
);

const NAMES = [...words('any ANY self o\'k a"b é -x ! a,b a[b] q#w a\\b'), '', 'a b', 'a[b] c', 26, 27, 28].map(
  (name) => (typeof name === 'number' ? 'x'.repeat(name) : name),
);

const PORTS = [...words('022 65536 24-25 90:80 80: :80 80, http +22 0x16 5:5 3/1'), '', ' 22', '22 '];
const MANY_PORTS = '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16';
const TYPES = [...words('8/0 255 255/1 256 any echo-request 8,0 008 network-unreachable redirect 3/256'), ''];
const PROTOCOLS = [...words('udplite ipv6-icmp esp ah any 47 6 1 58 253 0 256 TCP gre dccp icmpv6'), '', 'x y'];

function ports(usual: readonly string[], strange: readonly string[]): fc.Arbitrary<Json[]> {
  return fc.array(odd(usual, strange, 15), { minLength: 1, maxLength: 3 });
}

const entry: fc.Arbitrary<JsonObject> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      protocol: fc.constantFrom('tcp', 'tcp', 'udp', 'sctp'),
      ports: ports(words('22 80:90 80,443 0 65535'), [...PORTS, MANY_PORTS]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      protocol: fc.constantFrom('icmp', 'icmp', 'ipv6-icmp'),
      ports: fc.array(odd(words('8 0 3 3/1 128'), TYPES, 8), { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      protocol: fc.constantFrom(...PROTOCOLS),
      ports: fc.constantFrom([], [''], ['22'], ['22', '80']),
    }),
  },
);

const INTERFACES = [
  ...words("ANY any abcdefghijklmno abcdefghijklmnop + tun+ e'0 a/b ! !x -x é a:b [0] eth0\\"),
  ...[null, true, [], ['eth', '0'], 'a b', 'a [b]', 5],
];

const fields = {
  action: odd(['ACCEPT', 'DROP', 'REJECT'], ['accept', 'Drop', 'MAYBE', null, 5]),
  active: odd([true], [false, 'true', null]),
  comment,
  group: odd(['g'], [null, 'missing', 'self', 'all-active']),
  group_type: odd(['ANY', 'ROLE', 'GROUP'], ['role', null, 'ZONE']),
  environment: odd(['', 'local'], ['q1', [], null]),
  interface: odd(['', 'eth0'], INTERFACES, 12),
  log: odd([false], [true, 'no', null]),
  log_prefix: odd([''], ['x" -j DROP', null]),
  service: odd(['s'], ['any', ' ', 'missing', null]),
  states: odd(
    [[], ['NEW'], ['RELATED', 'ESTABLISHED']],
    [
      ['NEW', 'INVALID'],
      ['new'],
      ['NEW,RELATED'],
      [''],
      ['NEW', 'NEW'],
      ['UNTRACKED'],
      ['SNAT'],
      'NEW',
      null,
      ['EST'],
      [5],
    ],
    12,
  ),
  type: odd(['BASIC', 'BASIC', 'BASIC', 'CONNLIMIT', 'RECENT'], ['basic', 'connlimit', 'WHAT', null]),
  conn_limit_above: odd([20], [0, -1, 2.5, '20', 4294967296]),
  conn_limit_mask: odd([32, 24], [0, 33, 64, 128, 129, -1, [], '32'], 12),
  seconds: odd([60], [0, 2147483647, 4294967295, 2.5, '60']),
  hit_count: odd([6], [0, 255, 256, 70000, -1]),
  recent_name: odd(['ssh'], ['', 'a b', 'a/b', '..', null, "o'k", 'a"b', 'x'.repeat(200)]),
  recent_mask: odd(['255.255.255.0'], ['', [], 'ffff::', '24', '255.255.255', 'localhost', null]),
};

const rule: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.record(fields),
    fc.oneof({ arbitrary: fc.constant(''), weight: 9 }, fc.constantFrom(...Object.keys(fields))),
  )
  .map(([whole, missing]) => Object.fromEntries(Object.entries(whole).filter(([key]) => key !== missing)));

function addresses(usual: readonly string[], strange: readonly string[]): fc.Arbitrary<string[]> {
  return fc.array(odd(usual, strange, 12) as fc.Arbitrary<string>, { maxLength: 3 });
}

const V4_ODD = [...words('10.0.0.1 10.1.2.3/24 0.0.0.0/0 010.0.0.1/32 999.0.0.1/32 fd00::1/128 1.2.3.4/33'), ''];
const V6_ODD = words(
  '2001:DB8::1/128 fd00::1 ::/0 ::ffff:10.0.0.1/128 ::1.2.3.4/128 fe80::1%eth0 10.0.0.1/32 fd00:0:0::1/128',
);

/** One awkward rule about one group or zone, with one service, and everything it needs. Names are by id. */
export const awkwardInput = fc
  .record({
    rule,
    outbound: fc.boolean(),
    type: fc.constantFrom('ipsets' as const, 'iptables' as const),
    version: fc.constantFrom('v4' as const, 'v6' as const),
    name: odd(['web', 'db'], NAMES, 12) as fc.Arbitrary<string>,
    serviceName: odd(['ssh'], ['any', 'Any', 'é'], 12) as fc.Arbitrary<string>,
    entries: fc.array(entry, { minLength: 1, maxLength: 2 }),
    v4: addresses(['10.0.0.1/32', '10.0.0.0/24'], V4_ODD),
    v6: addresses(['fd00::1/128', 'fd00::/64'], V6_ODD),
  })
  .map(({ rule, outbound, type, version, name, serviceName, entries, v4, v6 }) => ({
    profile: { id: 'p', name: 'p', rules: { inbound: outbound ? [] : [rule], outbound: outbound ? [rule] : [] } },
    type,
    version,
    selfGroup: 'web',
    groups: { self: 'self', 'all-active': 'all-active', g: name },
    zones: { g: name },
    services: {
      any: { name: 'any', services: [{ protocol: 'any', ports: ['0:65535'] }] },
      s: { name: serviceName, services: entries },
    },
    ipMaps: { roleV4: { g: v4, self: [] }, roleV6: { g: v6, self: [] }, zoneV4: { g: v4 }, zoneV6: { g: v6 } },
  }));
export type AwkwardInput = typeof awkwardInput extends fc.Arbitrary<infer T> ? T : never;

/** The input as `compile` takes it. */
export function asDocuments({ groups, zones, services, ...rest }: AwkwardInput): JsonObject {
  return {
    ...rest,
    groups: Object.entries(groups).map(([id, name]) => ({ id, name })),
    zones: Object.entries(zones).map(([id, name]) => ({ id, name })),
    services: Object.entries(services).map(([id, service]) => ({ id, ...service })),
  };
}
