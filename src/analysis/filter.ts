import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, joinNets } from './address-set.js';
import { AnalysisError } from './analysis-error.js';
import { ALL_STATES } from './line-draft.js';
import type { Chain } from './packet.js';
import { commonRanges } from './ranges.js';
import type {
  AddressMatch,
  InterfaceMatch,
  Limit,
  Line,
  Mark,
  OutOfScope,
  Range,
  Ruleset,
  SetContents,
} from './ruleset.js';
import type { Outcome, RuleVerdict } from './verdict.js';

/** Addresses that a rule asks for: in the set, or (`negated`) not in it. */
export interface AddressTest {
  readonly set: AddressSet;
  readonly negated: boolean;
}

/** What a rule does with a packet that it takes. */
export type Effect =
  | { readonly kind: 'verdict'; readonly outcome: Outcome }
  /** Goes on at another rule: `-j RETURN`, and the end of a chain that was entered with `-g`. */
  | { readonly kind: 'skip'; readonly to: number }
  /** Records the source. */
  | { readonly kind: 'mark'; readonly mark: Mark };

/**
 * One rule of a built-in chain, chains that it jumps to written out in place. All members ask at once; null asks for
 * nothing.
 */
export interface FlatRule {
  readonly line: Line;
  readonly src: readonly AddressTest[];
  readonly dst: readonly AddressTest[];
  /** Of the side that the chain has: where a packet came in, or leaves. */
  readonly interfaces: readonly InterfaceMatch[];
  /** A byte per protocol, 1: it is meant. */
  readonly protocols: Uint8Array | null;
  readonly sport: readonly Range[] | null;
  readonly dport: readonly Range[] | null;
  readonly icmp: readonly Range[] | null;
  readonly states: number;
  /** Met or not, depending on packets before. */
  readonly limit: Limit | null;
  /** Its match is out of scope: whether it takes a packet isn't known. */
  readonly unsure: boolean;
  readonly effect: Effect;
}

/** A ruleset with its sets looked up, ready to answer. */
export interface Filter {
  readonly family: Family;
  readonly ruleset: Ruleset;
  readonly chains: Readonly<Record<Chain, readonly FlatRule[]>>;
  readonly policies: Readonly<Record<Chain, Outcome>>;
  /** Lines of a host's own text that packets of these chains can come to, and that we can't read. */
  readonly outOfScope: readonly OutOfScope[];
}

/** Chains within chains; the kernel refuses loops, and so do we. */
const DEPTH = 16;
/** Rules of one built-in chain with all that it jumps to. */
const MOST_RULES = 200_000;

/** What jumps on the way to a rule asked for. */
type Conditions = Omit<FlatRule, 'line' | 'limit' | 'unsure' | 'effect'>;

const NO_CONDITIONS: Conditions = {
  src: [],
  dst: [],
  interfaces: [],
  protocols: null,
  sport: null,
  dport: null,
  icmp: null,
  states: ALL_STATES,
};

const protocolMasks = new Map<string, Uint8Array>();
function protocolMask({ number, negated }: { readonly number: number; readonly negated: boolean }): Uint8Array {
  const key = `${negated ? '!' : ''}${number}`;
  let mask = protocolMasks.get(key);
  if (mask === undefined) {
    mask = new Uint8Array(256).fill(negated ? 1 : 0);
    mask[number] = negated ? 0 : 1;
    protocolMasks.set(key, mask);
  }
  return mask;
}

function commonProtocols(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null || a === b) return a ?? b;
  return a.map((bit, at) => bit & (b[at] as number));
}

/** Writes out the rules of one built-in chain. */
class Flattener {
  readonly #ruleset: Ruleset;
  readonly #sets: SetContents;
  readonly #chain: Chain;
  readonly #foreign: boolean;
  readonly rules: FlatRule[] = [];
  readonly outOfScope: OutOfScope[] = [];
  readonly #nets = new Map<object, AddressSet>();

  constructor(ruleset: Ruleset, sets: SetContents, chain: Chain, foreign: boolean) {
    this.#ruleset = ruleset;
    this.#sets = sets;
    this.#chain = chain;
    this.#foreign = foreign;
  }

  run(): this {
    this.#write(this.#chain, NO_CONDITIONS, 0);
    return this;
  }

  #setOf(match: AddressMatch, line: Line): AddressSet {
    if ('set' in match.of) {
      const set = this.#sets.get(match.of.set);
      if (set === undefined) throw new AnalysisError(`the set ${match.of.set} does not exist`, line.number);
      if (set.family !== this.#ruleset.family) {
        throw new AnalysisError(`the set ${match.of.set} holds addresses of ${set.family}`, line.number);
      }
      return set;
    }
    let net = this.#nets.get(match.of);
    if (net === undefined) {
      net = joinNets(this.#ruleset.family, [match.of.net]);
      this.#nets.set(match.of, net);
    }
    return net;
  }

  /** The conditions of a line together with those of the jumps before it. */
  #conditions(line: Line, before: Conditions): Conditions {
    const tests = (side: 'src' | 'dst'): readonly AddressTest[] => {
      const own = line.addresses.filter((match) => match.side === side);
      if (own.length === 0) return before[side];
      return [...before[side], ...own.map((match) => ({ set: this.#setOf(match, line), negated: match.negated }))];
    };
    const place = this.#chain === 'INPUT' ? line.in : line.out;
    const absent = this.#chain === 'INPUT' ? line.out : line.in;
    // On INPUT no interface is left by yet: its name is empty there, and the other way round.
    const never = absent !== null && (absent.name === '') === absent.negated;
    return {
      src: tests('src'),
      dst: tests('dst'),
      interfaces: place === null ? before.interfaces : [...before.interfaces, place],
      protocols: commonProtocols(before.protocols, line.protocol === null ? null : protocolMask(line.protocol)),
      sport: commonRanges(before.sport, line.sport),
      dport: commonRanges(before.dport, line.dport),
      icmp: commonRanges(before.icmp, line.icmp),
      states: never ? 0 : before.states & line.states,
    };
  }

  #push(rule: FlatRule): void {
    this.rules.push(rule);
    if (this.rules.length > MOST_RULES) {
      throw new AnalysisError(`chain ${this.#chain} has over ${MOST_RULES} rules with the chains that it jumps to`);
    }
  }

  #note(line: Line, reason: string): void {
    if (!this.outOfScope.some(({ lineNumber }) => lineNumber === line.number)) {
      this.outOfScope.push({ line: line.text, lineNumber: line.number, reason });
    }
  }

  #write(chain: string, before: Conditions, depth: number): void {
    if (depth > DEPTH) throw new AnalysisError(`chain ${chain} is entered through over ${DEPTH} others, or itself`);
    const returns: number[] = [];
    for (const line of this.#ruleset.chains.get(chain) ?? []) {
      let reason = line.foreign;
      let conditions: Conditions;
      try {
        conditions = this.#conditions(line, before);
      } catch (error) {
        if (!(error instanceof AnalysisError) || !this.#foreign) throw error;
        reason = error.reason;
        conditions = before;
      }
      reason ??= tooMuch(line);
      if (reason !== null && !this.#foreign) throw new AnalysisError(reason, line.number);
      if (reason !== null) this.#note(line, reason);
      if (conditions.states === 0 || conditions.protocols?.includes(1) === false) continue;
      const { src, dst, interfaces, protocols, sport, dport, icmp, states } = conditions;
      const unsure = reason !== null;
      // Spelled out: there are hundreds of thousands of them.
      const put = (effect: Effect, limit: FlatRule['limit'] = line.limit): void =>
        this.#push({ line, src, dst, interfaces, protocols, sport, dport, icmp, states, limit, unsure, effect });
      const { target } = line;
      if (reason !== null || target.kind === 'unknown') {
        put(verdict(line, 'unknown', null), null);
      } else if (target.kind === 'verdict') {
        if (line.mark !== null) put({ kind: 'mark', mark: line.mark });
        put(verdict(line, target.verdict, target.rejectWith));
      } else if (target.kind === 'next') {
        if (line.mark !== null) put({ kind: 'mark', mark: line.mark });
      } else if (target.kind === 'return') {
        returns.push(this.rules.length);
        put({ kind: 'skip', to: -1 });
      } else {
        this.#write(target.chain, conditions, depth + 1);
        if (!target.goto) continue;
        returns.push(this.rules.length);
        put({ kind: 'skip', to: -1 });
      }
    }
    const to = this.rules.length;
    for (const at of returns) this.rules[at] = { ...(this.rules[at] as FlatRule), effect: { kind: 'skip', to } };
  }
}

/** Limits where they would change more than what becomes of the packet at hand. */
function tooMuch({ target, limit, mark }: Line): string | null {
  const goesOn = target.kind === 'jump' || target.kind === 'return';
  if (goesOn && (limit !== null || mark !== null)) return 'a limit on a jump to a chain is not understood';
  const remembers = limit?.kind === 'recent' && limit.update;
  return target.kind === 'next' && remembers ? '-m recent --update without a target is not understood' : null;
}

function verdict(line: Line, word: RuleVerdict | 'unknown', rejectWith: string | null): Effect {
  return { kind: 'verdict', outcome: { verdict: word, rule: line.text, lineNumber: line.number, rejectWith } };
}

function policy(word: RuleVerdict): Outcome {
  return { verdict: word, rule: null, lineNumber: null, rejectWith: null };
}

/**
 * Looks up the sets that a ruleset names. A host's own text may name sets that we don't have: those lines are out of
 * scope (`foreign`); in a text of ours that is an error.
 * @throws AnalysisError that names the line.
 */
export function bindRuleset(ruleset: Ruleset, sets: SetContents, { foreign = false } = {}): Filter {
  const input = new Flattener(ruleset, sets, 'INPUT', foreign).run();
  const output = new Flattener(ruleset, sets, 'OUTPUT', foreign).run();
  return {
    family: ruleset.family,
    ruleset,
    chains: { INPUT: input.rules, OUTPUT: output.rules },
    policies: { INPUT: policy(ruleset.policies.INPUT), OUTPUT: policy(ruleset.policies.OUTPUT) },
    outOfScope: [...input.outOfScope, ...output.outOfScope].sort((a, b) => a.lineNumber - b.lineNumber),
  };
}
