import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, type Point, pointBefore, readAddress } from './address-set.js';
import { type PacketPoint, takes } from './decide.js';
import type { AddressTest, FlatRule } from './filter.js';
import type { InterfaceMatch, Range } from './ruleset.js';
import { STATES } from './packet.js';
import { hasPorts, ICMP } from './protocols.js';

/** How many packets are tried of a rule. */
const TRIES = 12;

/** Where no rule asks for them: addresses, ports, types and protocols that hardly any other rule asks for either. */
const ODD_ADDRESSES: Readonly<Record<Family, readonly Point[]>> = {
  v4: ['203.0.113.77', '100.99.98.97', '9.8.7.6'].map((text) => readAddress(text, 'v4') as Point),
  v6: ['2001:db8:77::77', '2a00:77::77', 'fd77::77'].map((text) => readAddress(text, 'v6') as Point),
};
const ODD_PORTS = [40_321, 64_999, 1, 0];
const ODD_TYPES = [42 * 256, 200 * 256 + 7, 8 * 256, 128 * 256];
const ODD_PROTOCOLS = [6, 253, 17, 1, 58, 47];
/** New connections first: what is established is mostly decided before. */
const STATE_BITS = ['NEW', 'INVALID', 'UNTRACKED', 'RELATED', 'ESTABLISHED'].map(
  (state) => 1 << STATES.indexOf(state as (typeof STATES)[number]),
);

function pick<Value>(values: readonly Value[], turn: number): Value {
  return values[turn % values.length] as Value;
}

/** Begin, end and middle of stretches of a set. */
function pointIn({ bounds, family }: AddressSet, turn: number): Point {
  const pairs = bounds.length / 2;
  const at = 2 * pick([0, pairs - 1, pairs >> 1, turn % pairs], turn);
  return turn % 2 === 0 ? (bounds[at] as Point) : pointBefore(bounds[at + 1] as Point, family);
}

function addressFor(tests: readonly AddressTest[], family: Family, turn: number): Point {
  const wanted = tests.find(({ negated, set }) => !negated && set.bounds.length > 0);
  return wanted === undefined ? pick(ODD_ADDRESSES[family], turn) : pointIn(wanted.set, turn);
}

function numberFor(ranges: readonly Range[] | null, odd: readonly number[], turn: number): number {
  if (ranges === null || ranges.length === 0) return pick(odd, turn);
  const [first, last] = pick(ranges, turn >> 1);
  return turn % 2 === 0 ? first : last;
}

function deviceFor(matches: readonly InterfaceMatch[]): string {
  const wanted = matches.find(({ negated }) => !negated);
  if (wanted === undefined) return 'zz9';
  return wanted.prefix ? `${wanted.name}9` : wanted.name;
}

/** Packets that a rule takes, some of many: where one shows that the rule decides it, nothing needs to be proved. */
export function* probesOf(rule: FlatRule, family: Family): Generator<PacketPoint> {
  const states = STATE_BITS.filter((bit) => (rule.states & bit) !== 0);
  const { protocols: mask } = rule;
  const protocols =
    mask === null ? ODD_PROTOCOLS : [mask.indexOf(1), ...ODD_PROTOCOLS.filter((one) => mask[one] === 1)];
  if (states.length === 0 || (mask !== null && !mask.includes(1))) return;
  for (let turn = 0; turn < TRIES; turn += 1) {
    const protocol = pick(protocols, turn);
    const ports = hasPorts(protocol);
    const point: PacketPoint = {
      src: addressFor(rule.src, family, turn),
      dst: addressFor(rule.dst, family, turn),
      interface: deviceFor(rule.interfaces),
      protocol,
      sport: ports ? numberFor(rule.sport, ODD_PORTS, turn) : -1,
      dport: ports ? numberFor(rule.dport, ODD_PORTS, turn) : -1,
      icmp: protocol === ICMP[family] ? numberFor(rule.icmp, ODD_TYPES, turn) : -1,
      state: pick(states, turn >> 2),
    };
    if (takes(rule, point)) yield point;
  }
}
