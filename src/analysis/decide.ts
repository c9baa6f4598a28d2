import { holds, type Point, readAddress } from './address-set.js';
import { AnalysisError } from './analysis-error.js';
import type { AddressTest, Filter, FlatRule } from './filter.js';
import { takesInterface } from './interface-names.js';
import { type Packet, STATES } from './packet.js';
import { inRanges } from './ranges.js';
import { type Decision, decisionOf, type Outcome } from './verdict.js';

/** A packet with all that rules ask for, as numbers. */
export interface PacketPoint {
  readonly src: Point;
  readonly dst: Point;
  readonly interface: string;
  readonly protocol: number;
  readonly sport: number;
  readonly dport: number;
  /** type * 256 + code. */
  readonly icmp: number;
  /** The bit of its state. */
  readonly state: number;
}

/** What limits remember of the packets before; `none`: each packet stands alone. */
export interface Memory {
  /** Whether a packet that has come to the rule meets its limit now. */
  meets(rule: FlatRule, packet: PacketPoint): boolean;
  /** A packet came to a line that records it. */
  record(rule: FlatRule, packet: PacketPoint): void;
}

/** -1 stands for a port or type that the packet does not have: no rule can ask for it then. */
export function packetPoint(packet: Packet): PacketPoint {
  const src = readAddress(packet.src, packet.family);
  const dst = readAddress(packet.dst, packet.family);
  if (src === undefined || dst === undefined) {
    throw new AnalysisError(`src ${packet.src} and dst ${packet.dst} must be addresses of ${packet.family}`);
  }
  return {
    src,
    dst,
    interface: packet.interface ?? '',
    protocol: packet.protocol,
    sport: packet.sport ?? -1,
    dport: packet.dport ?? -1,
    icmp: packet.icmpType === undefined ? -1 : packet.icmpType * 256 + (packet.icmpCode ?? 0),
    state: packet.state === undefined ? 0 : 1 << STATES.indexOf(packet.state),
  };
}

function within(tests: readonly AddressTest[], point: Point): boolean {
  for (const { set, negated } of tests) if (holds(set, point) === negated) return false;
  return true;
}

/** Whether a packet is what a rule asks for, its limit aside. */
export function takes(rule: FlatRule, packet: PacketPoint): boolean {
  if ((rule.states & packet.state) === 0) return false;
  if (rule.protocols !== null && rule.protocols[packet.protocol] === 0) return false;
  if (rule.dport !== null && !inRanges(rule.dport, packet.dport)) return false;
  if (rule.sport !== null && !inRanges(rule.sport, packet.sport)) return false;
  if (rule.icmp !== null && !inRanges(rule.icmp, packet.icmp)) return false;
  for (const match of rule.interfaces) if (!takesInterface(match, packet.interface)) return false;
  return within(rule.src, packet.src) && within(rule.dst, packet.dst);
}

/** Whether a limit is met by every packet that comes to it: any connection at all is one too many. */
export function alwaysMet(rule: FlatRule): boolean {
  return rule.limit?.kind === 'connections' && rule.limit.above === 0;
}

/** Whether a rule may take a packet or not although everything that it asks for is there. */
export function isUnsure(rule: FlatRule): boolean {
  return rule.unsure || (rule.limit !== null && !alwaysMet(rule));
}

/** What happens to a packet whose matching rules are these, in order, with their places in the chain. */
export class OutcomeWalk {
  readonly outcomes: Outcome[] = [];
  #from = 0;

  #add(outcome: Outcome): void {
    const known = this.outcomes.some(({ verdict, rule }) => verdict === outcome.verdict && rule === outcome.rule);
    if (!known) this.outcomes.push(outcome);
  }

  /** One rule that takes the packet; true: it decides for certain. */
  rule(rule: FlatRule, at: number): boolean {
    if (at < this.#from) return false;
    const { effect } = rule;
    if (effect.kind === 'mark') return false;
    if (effect.kind === 'skip') {
      this.#from = effect.to;
      return false;
    }
    this.#add(effect.outcome);
    return !isUnsure(rule);
  }

  /** No rule decided for certain: the policy does. */
  end(policy: Outcome): Decision {
    this.#add(policy);
    return this.decision();
  }

  decision(): Decision {
    return decisionOf(this.outcomes);
  }
}

/** One packet with everything known about it, on its own: limits give both outcomes. */
function decideAlone(filter: Filter, chain: Packet['chain'], point: PacketPoint): Decision {
  const rules = filter.chains[chain];
  const walk = new OutcomeWalk();
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at] as FlatRule;
    if (takes(rule, point) && walk.rule(rule, at)) return walk.decision();
  }
  return walk.end(filter.policies[chain]);
}

/** One packet of a sequence. */
function decideInTurn(filter: Filter, chain: Packet['chain'], point: PacketPoint, memory: Memory): Decision {
  const rules = filter.chains[chain];
  const walk = new OutcomeWalk();
  let from = 0;
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at] as FlatRule;
    if (at < from || !takes(rule, point)) continue;
    const { effect } = rule;
    if (rule.limit !== null && !memory.meets(rule, point)) continue;
    if (effect.kind === 'mark') memory.record(rule, point);
    else if (effect.kind === 'skip') from = effect.to;
    else if (walk.rule(rule, at) || rule.limit !== null) return walk.decision();
  }
  return walk.end(filter.policies[chain]);
}

/**
 * What happens to one packet of which everything is known. Without `memory`, a limit that the packet comes to gives
 * both outcomes.
 */
export function decidePoint(filter: Filter, chain: Packet['chain'], point: PacketPoint, memory?: Memory): Decision {
  return memory === undefined ? decideAlone(filter, chain, point) : decideInTurn(filter, chain, point, memory);
}
