import type { JsonObject } from '../../src/model/document.js';
import { bindRuleset, type Filter } from '../../src/analysis/filter.js';
import type { Point } from '../../src/analysis/address-set.js';
import { numberOf, pointOf } from '../../src/analysis/address-set.js';
import { pointText } from '../../src/analysis/address-text.js';
import { interfaceKinds } from '../../src/analysis/interface-names.js';
import { type Packet, STATES } from '../../src/analysis/packet.js';
import { hasPorts, ICMP } from '../../src/analysis/protocols.js';
import { readRuleset } from '../../src/analysis/read-ruleset.js';
import { addressSet } from '../../src/analysis/read-sets.js';
import type { Dialect } from '../../src/firewall/dialect.js';
import type { Dice } from '../faults/random-edits/dice.js';
import { compileInput } from './compile-input.js';
import type { PolicyInput } from './policy-arbitrary.js';

/** What a random policy comes to: the text, the sets that it names, and both as a filter. */
export interface Compiled {
  readonly text: string;
  readonly sets: ReadonlyMap<string, readonly string[]>;
  readonly filter: Filter;
}

/** The addresses that a set of this name gets in a random policy. */
function addressesOf({ ipMaps, version }: PolicyInput, set: string): readonly string[] {
  const kind = set.at(-3) === 'z' ? 'zone' : 'role';
  return ipMaps[`${kind}${version === 'v4' ? 'V4' : 'V6'}`][set.slice(0, -4)] ?? [];
}

/** The whole address space is its two halves in a set. */
function asHeld(address: string): readonly string[] {
  if (!address.endsWith('/0')) return [address];
  return address.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
}

export function compiled(policy: PolicyInput, dialect: Dialect): Compiled {
  const result = compileInput(policy, dialect);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const sets = new Map(result.sets.map((name) => [name, addressesOf(policy, name).flatMap(asHeld)]));
  const contents = new Map([...sets].map(([name, list]) => [name, addressSet(policy.version, list)]));
  return { text: result.text, sets, filter: bindRuleset(readRuleset(result.text, policy.version), contents) };
}

/** A text for `ipset restore -exist` with these sets. */
export function setsText(sets: ReadonlyMap<string, readonly string[]>, family: 'v4' | 'v6'): string {
  return [...sets]
    .map(([name, list]) => {
      const inet = family === 'v4' ? 'inet' : 'inet6';
      return `create ${name} hash:net family ${inet}\nflush ${name}\n${list.map((one) => `add ${name} ${one}\n`).join('')}`;
    })
    .join('');
}

/** The policy with something about it changed, as an editor would. */
export function edited(policy: PolicyInput, other: PolicyInput, dice: Dice): PolicyInput {
  const copy = structuredClone(policy);
  const { rules } = copy.profile;
  const list = dice.pick([rules.inbound, rules.inbound, rules.outbound]);
  const given = dice.pick([other.profile.rules.inbound, other.profile.rules.outbound]);
  const at = dice.below(list.length + 1);
  const change = (part: JsonObject): void => {
    const rule = list[at];
    if (rule !== undefined) list[at] = { ...rule, ...part };
  };
  switch (dice.below(8)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      if (given.length > 0) list.splice(at, 0, dice.pick(given));
      break;
    case 2:
      list.reverse();
      break;
    case 3:
      change({ action: dice.pick(['ACCEPT', 'DROP', 'REJECT']) });
      break;
    case 4:
      change({ states: dice.pick([[], ['NEW'], ['NEW', 'ESTABLISHED'], ['INVALID', 'UNTRACKED']]) });
      break;
    case 5:
      change({ interface: dice.pick(['', 'eth0', 'eth+', 'lo']), active: dice.pick([true, true, false]) });
      break;
    case 6: {
      const maps = Object.values(copy.ipMaps);
      const map = dice.pick(maps);
      const from = dice.pick([other.ipMaps.roleV4, other.ipMaps.zoneV4, other.ipMaps.roleV6, other.ipMaps.zoneV6]);
      const addresses = dice.pick(Object.values(from));
      const key = dice.pick(Object.keys(map));
      const colon = map === copy.ipMaps.roleV6 || map === copy.ipMaps.zoneV6;
      map[key] = addresses.filter((address) => address.includes(':') === colon);
      break;
    }
    default:
      change({ group: 'any', group_type: 'ANY' });
  }
  return copy;
}

/** Random packets that lie on the borders of what these filters' rules ask for, where mistakes would be. */
export class BorderPackets {
  readonly #dice: Dice;
  readonly #family: Filter['family'];
  readonly #points: readonly string[];
  readonly #ports: readonly number[];
  readonly #types: readonly number[];
  readonly #protocols: readonly number[];
  readonly #interfaces: readonly string[];

  constructor(filters: readonly Filter[], dice: Dice) {
    this.#dice = dice;
    const [{ family } = { family: 'v4' as const }] = filters;
    this.#family = family;
    const rules = filters.flatMap(({ chains }) => [...chains.INPUT, ...chains.OUTPUT]);
    const bounds = rules.flatMap(({ src, dst }) => [...src, ...dst].flatMap(({ set }) => set.bounds));
    const near = (point: Point): readonly bigint[] => [numberOf(point), numberOf(point) - 1n];
    const most = family === 'v4' ? 2n ** 32n : 2n ** 128n;
    const usual = family === 'v4' ? ['203.0.113.9', '10.0.0.1'] : ['2001:db8::9', 'fe80::1'];
    const points = bounds.flatMap(near).filter((number) => number >= 0n && number < most);
    this.#points = [...usual, ...points.map((number) => pointText(pointOf(number, family), family))];
    const around = (list: readonly (readonly (readonly [number, number])[] | null)[]): readonly number[] =>
      list.flatMap((ranges) => (ranges ?? []).flatMap(([first, last]) => [first - 1, first, last, last + 1]));
    const inside = (number: number): boolean => number >= 0 && number <= 65_535;
    this.#ports = [...around(rules.flatMap(({ sport, dport }) => [sport, dport])), 0, 22, 40_000].filter(inside);
    this.#types = [...around(rules.map(({ icmp }) => icmp)), 8 * 256].filter(inside);
    const named = rules.flatMap(({ protocols }) => (protocols === null ? [] : [protocols.indexOf(1)]));
    this.#protocols = [...new Set([...named, 6, 17, ICMP[family], 99])];
    this.#interfaces = interfaceKinds(rules.flatMap(({ interfaces }) => interfaces)).map(({ name }) => name);
  }

  /** A packet that differs from this one in one thing. */
  beside(packet: Packet): Packet {
    const other = this.next();
    const part = this.#dice.pick([
      'interface',
      'src',
      'dst',
      'sport',
      'dport',
      'icmpType',
      'icmpCode',
      'state',
    ] as const);
    return packet[part] === undefined || other[part] === undefined ? packet : { ...packet, [part]: other[part] };
  }

  next(): Packet {
    const dice = this.#dice;
    const protocol = dice.pick(this.#protocols);
    const type = dice.pick(this.#types);
    return {
      family: this.#family,
      chain: dice.pick(['INPUT', 'OUTPUT']),
      interface: dice.pick(this.#interfaces),
      src: dice.pick(this.#points),
      dst: dice.pick(this.#points),
      protocol,
      ...(hasPorts(protocol) ? { sport: dice.pick(this.#ports), dport: dice.pick(this.#ports) } : {}),
      ...(protocol === ICMP[this.#family] ? { icmpType: type >> 8, icmpCode: type & 255 } : {}),
      state: dice.pick(STATES),
    };
  }
}
