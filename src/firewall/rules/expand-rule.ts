import { WIDTH } from '../addresses/family.js';
import type { Direction, Fault } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import type { FirewallRule, Packets, Peer, SourceLimit, Verdict } from './firewall-rule.js';
import type { ServiceEntry, ServiceModel } from './read-service.js';
import { readRecentMask } from './recent-mask.js';
import { isAny, peerOnTheWay, resolvePeer } from './resolve-peer.js';
import type { State } from './connection-state.js';
import type { Action, RecentLimit, RuleModel } from './rule-model.js';
import { servicePackets, wholeProtocol } from './service-packets.js';

const VERDICTS: Readonly<Record<Action, Verdict>> = { ACCEPT: 'accept', DROP: 'drop', REJECT: 'reject' };
const ANSWER_STATES: readonly State[] = ['RELATED', 'ESTABLISHED'];
/** Agents leave lines on this interface out of what they hash (docs/protocol.md#rulesets-before-hashing). */
const LXD_BRIDGE = 'lxdbr0';

/** The rules of a ruleset as far as they are compiled, in their order. */
export type RulesByPass = Readonly<Record<Pass, FirewallRule[]>>;

const WITH_ANSWER: readonly Pass[] = ['inbound', 'answer'];
const ONE_WAY: Readonly<Record<Direction, readonly Pass[]>> = { inbound: ['inbound'], outbound: ['outbound'] };

function passesOf(rule: RuleModel, direction: Direction): readonly Pass[] {
  return direction === 'inbound' && rule.answered ? WITH_ANSWER : ONE_WAY[direction];
}

function verdictOf({ kind, action }: RuleModel): Verdict {
  // Tells a client over its limit at once, whatever the rule's action is.
  if (kind.type === 'CONNLIMIT') return 'reset';
  return VERDICTS[action];
}

function recentMask(limit: RecentLimit, pass: Pass, emission: Emission): string | null {
  const given = limit.mask === null ? undefined : readRecentMask(limit.mask);
  if (given === undefined) return null;
  if (given.family === emission.version) return given.mask;
  emission.warn(pass, 'recent_mask', `does not fit ${emission.version}: whole addresses count there`);
  return null;
}

/** The rule's limit; undefined after a fault. */
function limitOf({ kind }: RuleModel, pass: Pass, emission: Emission): SourceLimit | null | undefined {
  if (kind.type === 'BASIC') return null;
  if (!kind.limit.ok) {
    kind.limit.faults.forEach((fault) => emission.fault(fault));
    return undefined;
  }
  if (kind.type === 'RECENT') {
    const { name, seconds, hits } = kind.limit.limit;
    return { kind: 'recent', name, seconds, hits, mask: recentMask(kind.limit.limit, pass, emission) };
  }
  const { above, mask } = kind.limit.limit;
  const width = WIDTH[emission.version];
  return { kind: 'connections', above, prefix: Math.min(mask ?? width, width) };
}

/** Whether the entry stands for all packets, so that its protocol does not count. */
function isEverything(service: ServiceModel, entry: ServiceEntry, emission: Emission): boolean {
  return emission.choices.anyByName ? isAny(service.name) : entry.filter.kind === 'all' && entry.protocol === null;
}

/** The packets of an entry for everything; where rules hold addresses its protocol is kept, as on the Erlang server. */
function everything(entry: ServiceEntry, peer: Peer, emission: Emission): Packets | undefined {
  if (peer.kind !== 'addresses' || entry.protocol === null) return wholeProtocol(null);
  if (entry.protocol !== undefined) {
    const icmp6 = entry.protocol === 'icmp' && emission.version === 'v6';
    return wholeProtocol(icmp6 ? 'ipv6-icmp' : entry.protocol);
  }
  const reason = entry.filter.kind === 'faulty' ? entry.filter.reason : 'it has no protocol';
  emission.fault({ kind: 'kernel', field: 'service', reason });
  return undefined;
}

function checkReset({ protocol }: Packets, rule: RuleModel, emission: Emission): void {
  if (rule.kind.type !== 'CONNLIMIT' || protocol === 'tcp') return;
  const reason = 'a CONNLIMIT rule answers with a TCP reset, so every entry of its service must be of protocol tcp';
  emission.fault({ kind: 'kernel', field: 'service', value: rule.service, reason });
}

function checkInterface(rule: RuleModel, pass: Pass, peer: Peer, emission: Emission): void {
  if (rule.interface?.name !== LXD_BRIDGE || rule.interface.andLonger) return;
  if (pass !== 'inbound' || peer.kind === 'addresses') return;
  const reason = `agents leave inbound rules on ${LXD_BRIDGE} out of the hash that they report, so such a host would look tampered with for ever`;
  if (emission.choices.refuseLxdBridge)
    emission.fault({ kind: 'kernel', field: 'interface', value: LXD_BRIDGE, reason });
  else emission.warn(pass, 'interface', reason);
}

/** Adds one rule per entry of the service, in order. */
function addEntries(
  rule: RuleModel,
  service: ServiceModel,
  peer: Peer,
  pass: Pass,
  emission: Emission,
  found: FirewallRule[],
): void {
  const limited = rule.kind.type !== 'BASIC' && (emission.type === 'ipsets' || emission.choices.limitsWithoutSets);
  const direction = pass === 'inbound' ? 'in' : 'out';
  const states = pass === 'answer' ? ANSWER_STATES : rule.states;
  const verdict = verdictOf(rule);
  const { interface: device, comment } = rule;
  for (const entry of service.entries) {
    const packets = isEverything(service, entry, emission)
      ? everything(entry, peer, emission)
      : servicePackets(entry, pass, limited, emission);
    if (packets === undefined) continue;
    checkReset(packets, rule, emission);
    const limit = limited ? limitOf(rule, pass, emission) : null;
    if (limit !== undefined)
      found.push({ direction, peer, interface: device, packets, states, limit, verdict, comment });
  }
}

/**
 * Compiles one rule of a profile for one variant: one rule per entry of its service for the packets that it is about,
 * and for those that answer them. Faults go to the emission; after one the result is meaningless. Inactive rules give
 * none, nor do rules about a group without addresses: only their references are looked up.
 * @param peerName of the group or zone that the rule is about; null: it is about anyone
 * @param faults what the kernel would refuse in the rule: it counts once there is something to refuse
 * @param found gets the rules
 */
export function expandRule(
  rule: RuleModel,
  direction: Direction,
  service: ServiceModel,
  peerName: string | null,
  emission: Emission,
  faults: readonly Fault[],
  found: RulesByPass,
): void {
  const peer = resolvePeer(rule.peer, peerName, rule.active, emission, direction);
  if (peer === undefined || !rule.active) return;
  if (peer.kind === 'addresses' && peer.addresses.list.length === 0) return;
  for (const fault of faults) emission.fault(fault);
  for (const pass of passesOf(rule, direction)) {
    const onTheWay = peerOnTheWay(peer, pass, emission);
    checkInterface(rule, pass, onTheWay, emission);
    addEntries(rule, service, onTheWay, pass, emission, found[pass]);
  }
}
