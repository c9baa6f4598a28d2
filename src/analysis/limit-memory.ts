import { type Family, WIDTH } from '../firewall/addresses/family.js';
import { EVERYBODY, numberOf, type Point, readNet } from './address-set.js';
import type { Memory, PacketPoint } from './decide.js';
import type { Filter, FlatRule } from './filter.js';
import { STATES } from './packet.js';
import type { Verdict } from './verdict.js';

/** Addresses that one list of `recent` remembers (ip_list_tot of xt_recent); the longest unseen goes. */
const MOST_ADDRESSES = 100;
/** Times that an address is remembered for, unless a hit count asks for more. */
const FEWEST_TIMES = 32;

const NEW = 1 << STATES.indexOf('NEW');
const ESTABLISHED = (1 << STATES.indexOf('ESTABLISHED')) | (1 << STATES.indexOf('RELATED'));

/** When an address was seen, in a ring of the length that the list has. */
interface Seen {
  readonly times: number[];
  next: number;
}

/** One list of `recent`, which all rules of its name share. */
interface List {
  /** Of the first rule that names it. */
  readonly mask: bigint;
  length: number;
  readonly seen: Map<bigint, Seen>;
}

function bitsOf(mask: string, family: Family): bigint {
  const net = readNet(mask, family);
  return net === undefined ? numberOf(EVERYBODY[family].bounds[1] as Point) - 1n : numberOf(net[0]);
}

/** The connection of a packet, whichever way it goes. */
function connectionOf(packet: PacketPoint): string {
  const ends = [`${numberOf(packet.src)}.${packet.sport}`, `${numberOf(packet.dst)}.${packet.dport}`];
  return `${packet.protocol} ${ends.sort().join(' ')} ${packet.icmp < 0 ? '' : packet.icmp}`;
}

/**
 * What `recent` and `connlimit` remember of a sequence of packets, as the kernel does (xt_recent, xt_connlimit): all is
 * empty at the start. Every packet in state NEW begins a connection, which stays if the packet is accepted.
 */
export class LimitMemory implements Memory {
  readonly #family: Family;
  readonly #lists = new Map<string, List>();
  /** Connections by rule and network. */
  readonly #connections = new Map<FlatRule, Map<bigint, Set<string>>>();
  /** Where the packet at hand was counted. */
  #counted: { readonly connections: Set<string>; readonly name: string; readonly stays: boolean }[] = [];
  #now = 0;

  constructor(filter: Filter) {
    this.#family = filter.family;
    const lines = [...filter.ruleset.chains.values()].flat().sort((a, b) => a.number - b.number);
    for (const { limit, mark } of lines) {
      const recent = limit?.kind === 'recent' ? limit : mark;
      if (recent === null) continue;
      const hits = limit?.kind === 'recent' ? limit.hits : 0;
      const length = Math.max(FEWEST_TIMES, 2 ** Math.ceil(Math.log2(Math.max(hits, 1))));
      const list = this.#lists.get(recent.name);
      if (list === undefined) {
        this.#lists.set(recent.name, { mask: bitsOf(recent.mask, this.#family), length, seen: new Map() });
      } else list.length = Math.max(list.length, length);
    }
  }

  /** A packet comes, so many milliseconds after the first. */
  begin(atMs: number): void {
    this.#now = atMs;
    this.#counted = [];
  }

  /** What became of the packet. */
  end(verdict: Verdict): void {
    for (const { connections, name, stays } of this.#counted)
      if (!stays && verdict !== 'accept') connections.delete(name);
  }

  meets(rule: FlatRule, packet: PacketPoint): boolean {
    const { limit } = rule;
    if (limit === null) return true;
    if (limit.kind === 'connections') return this.#count(rule, packet, limit.prefix) > limit.above;
    const list = this.#lists.get(limit.name) as List;
    const address = numberOf(packet[limit.side]) & list.mask;
    const seen = list.seen.get(address);
    if (seen === undefined) return false;
    const since = limit.seconds === 0 ? Number.NEGATIVE_INFINITY : this.#now - limit.seconds * 1000;
    const recent = seen.times.filter((time) => time >= since).length;
    const met = limit.hits === 0 ? recent > 0 : recent >= limit.hits;
    if (met && limit.update) this.#stamp(list, address, seen);
    return met;
  }

  record(rule: FlatRule, packet: PacketPoint): void {
    if (rule.effect.kind !== 'mark') return;
    const { name, side } = rule.effect.mark;
    const list = this.#lists.get(name) as List;
    const address = numberOf(packet[side]) & list.mask;
    const seen = list.seen.get(address);
    if (seen !== undefined) {
      this.#stamp(list, address, seen);
      return;
    }
    if (list.seen.size >= MOST_ADDRESSES) {
      for (const longest of list.seen.keys()) {
        list.seen.delete(longest);
        break;
      }
    }
    list.seen.set(address, { times: [this.#now], next: 1 });
  }

  #stamp(list: List, address: bigint, seen: Seen): void {
    const place = seen.next % list.length;
    seen.times[place] = this.#now;
    seen.next = place + 1;
    list.seen.delete(address);
    list.seen.set(address, seen);
  }

  /** Connections of the packet's network that came to this rule and still are, with its own. */
  #count(rule: FlatRule, packet: PacketPoint, prefix: number): number {
    let networks = this.#connections.get(rule);
    if (networks === undefined) this.#connections.set(rule, (networks = new Map<bigint, Set<string>>()));
    const width = WIDTH[this.#family];
    const network = numberOf(packet.src) >> BigInt(width - Math.min(prefix, width));
    let connections = networks.get(network);
    if (connections === undefined) networks.set(network, (connections = new Set<string>()));
    const name = connectionOf(packet);
    if (!connections.has(name)) {
      connections.add(name);
      const stays = (packet.state & ESTABLISHED) !== 0;
      // What belongs to no connection is gone with the packet; a new one stays if the packet is accepted.
      if ((packet.state & NEW) !== 0 || stays) this.#counted.push({ connections, name, stays });
      else {
        const count = connections.size;
        connections.delete(name);
        return count;
      }
    }
    return connections.size;
  }
}
