import type { Fault } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import type { KernelRule, Match, Target } from './kernel-rule.js';
import type { PacketMatch } from './packet-matches.js';
import { packetMatches } from './packet-matches.js';
import type { ServiceEntry, ServiceModel } from './read-service.js';
import { readRecentMask, WHOLE_MASK } from './recent-mask.js';
import type { ResolvedPeer } from './resolve-peer.js';
import { resolvePeer } from './resolve-peer.js';
import type { ConnectionLimit, RecentLimit, RuleModel, State } from './rule-model.js';

const ANSWER_STATES: readonly State[] = ['RELATED', 'ESTABLISHED'];
/** Agents drop lines that start so from what they hash (docs/protocol.md#rulesets-before-hashing). */
const LXD_BRIDGE = 'lxdbr0';

/** The service of a rule; undefined after a fault. */
export function serviceOf(rule: RuleModel, emission: Emission): ServiceModel | undefined {
  const read = emission.lookups.services.get(rule.service);
  if (read === undefined) {
    emission.fault({
      kind: 'reference',
      field: 'service',
      value: rule.service,
      reason: 'there is no service with this id',
    });
    return undefined;
  }
  if (read.ok) return read.service;
  emission.fault({ kind: 'shape', field: 'service', value: rule.service, reason: read.reason });
  return undefined;
}

function targetOf(rule: RuleModel, emission: Emission): Target {
  // An answer that a client over its limit understands; whatever the rule's action says.
  if (rule.kind.type === 'CONNLIMIT') return { target: 'REJECT', with: 'tcp-reset' };
  if (rule.action !== 'REJECT') return { target: rule.action };
  return { target: 'REJECT', with: emission.version === 'v4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable' };
}

function connectionLimit(limit: ConnectionLimit, { version }: Emission): Match {
  const width = version === 'v4' ? 32 : 128;
  return { match: 'connlimit', above: limit.above, mask: Math.min(limit.mask ?? width, width) };
}

function recentMask(limit: RecentLimit, emission: Emission): string {
  const given = limit.mask === null ? undefined : readRecentMask(limit.mask);
  if (given?.family === emission.version) return given.mask;
  if (given !== undefined)
    emission.warn('recent_mask', `does not fit ${emission.version}: whole addresses count there`);
  return WHOLE_MASK[emission.version];
}

/** What all kernel rules of one rule and pass share. */
interface Shared {
  readonly chain: KernelRule['chain'];
  readonly addresses: KernelRule['addresses'];
  readonly interface: KernelRule['interface'];
  readonly set: Match | null;
  readonly state: Match | null;
  readonly comment: Match | null;
  readonly target: Target;
}

function shared(rule: RuleModel, pass: Pass, peer: ResolvedPeer, emission: Emission): Shared {
  const inbound = pass === 'inbound';
  const side = inbound ? 'src' : pass === 'answer' ? emission.choices.answerSetSide : 'dst';
  const states = pass === 'answer' ? ANSWER_STATES : rule.states;
  return {
    chain: inbound ? 'INPUT' : 'OUTPUT',
    addresses: peer.kind === 'addresses' ? { flag: inbound ? '-s' : '-d', list: peer.list } : null,
    interface: rule.interface === '' ? null : { flag: inbound ? '-i' : '-o', name: rule.interface },
    set: peer.kind === 'set' ? { match: 'set', name: peer.name, side } : null,
    state: states.length === 0 ? null : { match: 'state', states },
    comment: rule.comment === '' ? null : { match: 'comment', text: rule.comment },
    target: targetOf(rule, emission),
  };
}

function present(matches: readonly (Match | null)[]): readonly Match[] {
  return matches.filter((match) => match !== null);
}

/** One kernel rule; fields are named one by one, for spreading objects is what compiling would mostly do otherwise. */
function kernelRule(
  parts: Shared,
  protocol: string | null,
  matches: readonly (Match | null)[],
  target: Target,
): KernelRule {
  return {
    chain: parts.chain,
    addresses: parts.addresses,
    interface: parts.interface,
    protocol,
    matches: present(matches),
    target,
  };
}

/**
 * A recent limit takes two rules: the first acts on who came too often, the second remembers who came. Their comment
 * stands before the limit, for the end of a line that ends in a comment may be trimmed.
 */
function recentRules(
  limit: RecentLimit,
  parts: Shared,
  { protocol, match }: PacketMatch,
  emission: Emission,
): readonly KernelRule[] {
  const named = { match: 'recent', name: limit.name, mask: recentMask(limit, emission) } as const;
  const update: Match = { ...named, step: { kind: 'update', seconds: limit.seconds, hits: limit.hits } };
  const remember: Match = { ...named, step: { kind: 'set' } };
  const before = [parts.set, match, parts.state, parts.comment];
  return [
    kernelRule(parts, protocol, [...before, update], parts.target),
    kernelRule(parts, protocol, [...before, remember], null),
  ];
}

/** The kernel rules for one kind of packets, with the rule's limit if the variant has limits. */
function rulesOfPackets(
  { kind }: RuleModel,
  parts: Shared,
  packets: PacketMatch,
  limited: boolean,
  emission: Emission,
): readonly KernelRule[] {
  const { protocol, match } = packets;
  const { set, state, comment, target } = parts;
  if (!limited || kind.type === 'BASIC') return [kernelRule(parts, protocol, [set, match, state, comment], target)];
  if (!kind.limit.ok) {
    kind.limit.faults.forEach((fault) => emission.fault(fault));
    return [];
  }
  if (kind.type === 'RECENT') return recentRules(kind.limit.limit, parts, packets, emission);
  const limit = connectionLimit(kind.limit.limit, emission);
  return [kernelRule(parts, protocol, [set, match, state, limit, comment], target)];
}

/** Whether the entry stands for all packets, so that its protocol does not count. */
function isEverything(service: ServiceModel, entry: ServiceEntry, emission: Emission): boolean {
  return emission.choices.anyByName
    ? service.name.toUpperCase() === 'ANY'
    : entry.filter.kind === 'all' && entry.protocol === null;
}

/** The packets of an entry that stands for everything: where rules hold addresses the old server kept its protocol. */
function everything(entry: ServiceEntry, peer: ResolvedPeer, emission: Emission): readonly PacketMatch[] {
  if (peer.kind !== 'addresses' || entry.protocol === null) return [{ protocol: null, match: null }];
  if (entry.protocol !== undefined) {
    const icmp6 = entry.protocol === 'icmp' && emission.version === 'v6';
    return [{ protocol: icmp6 ? 'ipv6-icmp' : entry.protocol, match: null }];
  }
  const reason = entry.filter.kind === 'faulty' ? entry.filter.reason : 'it has no protocol';
  emission.fault({ kind: 'kernel', field: 'service', reason });
  return [];
}

function checkReset(packets: readonly PacketMatch[], rule: RuleModel, emission: Emission): void {
  if (rule.kind.type !== 'CONNLIMIT' || packets.every(({ protocol }) => protocol === 'tcp')) return;
  const reason = 'a CONNLIMIT rule answers with a TCP reset, so every entry of its service must be of protocol tcp';
  emission.fault({ kind: 'kernel', field: 'service', value: rule.service, reason });
}

function checkInterface(rule: RuleModel, pass: Pass, peer: ResolvedPeer, emission: Emission): void {
  if (rule.interface !== LXD_BRIDGE || pass !== 'inbound' || peer.kind === 'addresses') return;
  const reason = `agents leave inbound rules on ${LXD_BRIDGE} out of the hash that they report, so such a host would look tampered with for ever`;
  if (emission.choices.refuseLxdBridge)
    emission.fault({ kind: 'kernel', field: 'interface', value: LXD_BRIDGE, reason });
  else emission.warn('interface', reason);
}

/**
 * The kernel rules of one rule for one pass, in order. Faults go to the emission; after one the result means nothing.
 * Inactive rules give none, nor do rules about a group without addresses: only their references are looked up.
 * @param faults what the kernel would refuse in the rule: it counts once there is a line to refuse.
 */
export function ruleToKernel(
  rule: RuleModel,
  service: ServiceModel,
  pass: Pass,
  emission: Emission,
  faults: readonly Fault[],
): readonly KernelRule[] {
  const peer = resolvePeer(rule.peer, rule.active, pass, emission);
  if (peer === undefined || !rule.active) return [];
  if (peer.kind === 'addresses' && peer.list.length === 0) return [];
  faults.forEach((fault) => emission.fault(fault));
  checkInterface(rule, pass, peer, emission);
  const limited = rule.kind.type !== 'BASIC' && (emission.type === 'ipsets' || emission.choices.limitsWithoutSets);
  const parts = shared(rule, pass, peer, emission);
  return service.entries.flatMap((entry) => {
    const packets = isEverything(service, entry, emission)
      ? everything(entry, peer, emission)
      : packetMatches(entry, pass, limited, emission);
    checkReset(packets, rule, emission);
    return packets.flatMap((some) => rulesOfPackets(rule, parts, some, limited, emission));
  });
}
