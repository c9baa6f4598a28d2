import { type Family, WIDTH } from '../firewall/addresses/family.js';
import type { AddressMatch, InterfaceMatch, Limit, Line, Mark, Range, Target } from './ruleset.js';
import { STATES } from './packet.js';
import { hasPorts, ICMP } from './protocols.js';

export const ALL_STATES = (1 << STATES.length) - 1;

/** What `-m recent` was given so far. */
interface RecentDraft {
  action: 'set' | 'update' | 'rcheck' | null;
  seconds: number;
  hits: number;
  name: string;
  mask: string;
  side: 'src' | 'dst';
}

const WHOLE_MASK: Readonly<Record<Family, string>> = {
  v4: '255.255.255.255',
  v6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

/** A line while its options are read, from left to right. */
export class LineDraft {
  readonly family: Family;
  readonly #text: string;
  readonly #number: number;
  readonly #chain: string;
  /** Options that were there already: none comes twice, but `-m` and sets. */
  readonly #seen: string[] = [];
  /** What `-m` named so far. */
  readonly #modules: string[] = [];
  readonly addresses: AddressMatch[] = [];
  in: InterfaceMatch | null = null;
  out: InterfaceMatch | null = null;
  protocol: Line['protocol'] = null;
  sport: readonly Range[] | null = null;
  dport: readonly Range[] | null = null;
  icmp: readonly Range[] | null = null;
  states = ALL_STATES;
  recent: RecentDraft | null = null;
  above: number | null = null;
  prefix: number | null = null;
  target: Target = { kind: 'next' };

  constructor(text: string, number: number, chain: string, family: Family) {
    this.#text = text;
    this.#number = number;
    this.#chain = chain;
    this.family = family;
  }

  /** False if it was there before. */
  first(what: string): boolean {
    // A handful: a set would cost more.
    if (this.#seen.includes(what)) return false;
    this.#seen.push(what);
    return true;
  }

  /** After `-m`. */
  module(name: string): void {
    this.#modules.push(name);
  }

  recentDraft(): RecentDraft {
    this.recent ??= {
      action: null,
      seconds: 0,
      hits: 0,
      name: 'DEFAULT',
      mask: WHOLE_MASK[this.family],
      side: 'src',
    };
    return this.recent;
  }

  #line(limit: Limit | null, mark: Mark | null, foreign: string | null): Line {
    return {
      number: this.#number,
      text: this.#text,
      chain: this.#chain,
      addresses: this.addresses,
      in: this.in,
      out: this.out,
      protocol: this.protocol,
      sport: this.sport,
      dport: this.dport,
      icmp: this.icmp,
      states: this.states,
      limit,
      mark,
      target: foreign === null ? this.target : { kind: 'unknown' },
      foreign,
    };
  }

  /** The line, although there is something in it that we don't know. */
  unknown(reason: string): Line {
    return this.#line(null, null, reason);
  }

  /** A line that decides nothing, whatever it asks for. */
  nothing(): Line {
    return this.#line(null, null, null);
  }

  /** The whole line, or why it can't be one. */
  finish(): Line | string {
    const { protocol, recent } = this;
    const named = protocol === null || protocol.negated ? null : protocol.number;
    if ((this.sport !== null || this.dport !== null) && (named === null || !hasPorts(named))) {
      return 'ports need -p tcp, udp, sctp, dccp or udplite';
    }
    if (this.icmp !== null && named !== ICMP[this.family]) return `an ICMP type needs -p of the ICMP of ${this.family}`;
    const module = this.#missingModule();
    if (module !== null) return module;
    if (recent !== null && this.above !== null) return 'two limits in one line';
    let limit: Limit | null = null;
    let mark: Mark | null = null;
    if (this.above !== null) {
      limit = { kind: 'connections', above: this.above, prefix: this.prefix ?? WIDTH[this.family] };
    } else if (recent !== null) {
      const { action, seconds, hits, name, mask, side } = recent;
      if (action === null) return 'give --set, --update or --rcheck with -m recent';
      if (action === 'set') mark = { name, mask, side };
      else limit = { kind: 'recent', name, update: action === 'update', seconds, hits, mask, side };
    }
    return this.#line(limit, mark, null);
  }

  /** A match whose `-m` is not there: the tool would refuse it. */
  #missingModule(): string | null {
    for (const [option, modules] of NEEDED) {
      if (this.#seen.includes(option) && !modules.some((module) => this.#modules.includes(module))) {
        return `${option} without -m ${modules.join(' or ')}`;
      }
    }
    return null;
  }
}

const NEEDED: readonly (readonly [string, readonly string[]])[] = [
  ['--state', ['state']],
  ['--ctstate', ['conntrack']],
  ['--sport', ['tcp', 'udp', 'sctp', 'dccp', 'udplite']],
  ['--dport', ['tcp', 'udp', 'sctp', 'dccp', 'udplite']],
  ['--sports', ['multiport']],
  ['--dports', ['multiport']],
  ['--icmp-type', ['icmp']],
  ['--icmpv6-type', ['icmp6']],
  ['--comment', ['comment']],
];
