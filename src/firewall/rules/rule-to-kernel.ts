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
/** Agents drop lines that start so from what they hash (agent-protocol section 10). */
const LXD_BRIDGE = 'lxdbr0';

/** The service of a rule; undefined after a fault. */
export const serviceOf = (rule: RuleModel, emission: Emission): ServiceModel | undefined => {
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
};

const targetOf = (rule: RuleModel, emission: Emission): Target => {
  // An answer that a client over its limit understands; whatever the rule's action says.
  if (rule.kind.type === 'CONNLIMIT') return { target: 'REJECT', with: 'tcp-reset' };
  if (rule.action !== 'REJECT') return { target: rule.action };
  return { target: 'REJECT', with: emission.version === 'v4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable' };
};

const connectionLimit = (limit: ConnectionLimit, { version }: Emission): Match => {
  const width = version === 'v4' ? 32 : 128;
  return { match: 'connlimit', above: limit.above, mask: Math.min(limit.mask ?? width, width) };
};

const recentMask = (limit: RecentLimit, emission: Emission): string => {
  const given = limit.mask === null ? undefined : readRecentMask(limit.mask);
  if (given?.family === emission.version) return given.mask;
  if (given !== undefined)
    emission.warn('recent_mask', `does not fit ${emission.version}: whole addresses count there`);
  return WHOLE_MASK[emission.version];
};

/** A rule without its limit, as parts to put together. */
interface Parts {
  readonly base: Omit<KernelRule, 'matches' | 'target'>;
  readonly before: readonly Match[];
  readonly comment: readonly Match[];
  readonly target: Target;
}

/**
 * With its limit, if it has one. A recent limit takes two rules: the first acts on who came too often, the second
 * remembers who came. Their comment stands before the limit, for a line that ends in a comment would be trimmed.
 */
const withLimit = (rule: RuleModel, parts: Parts, limited: boolean, emission: Emission): readonly KernelRule[] => {
  const { base, before, comment, target } = parts;
  const plain: KernelRule = { ...base, matches: [...before, ...comment], target };
  if (!limited || rule.kind.type === 'BASIC') return [plain];
  const { limit } = rule.kind;
  if (!limit.ok) {
    limit.faults.forEach((fault) => emission.fault(fault));
    return [];
  }
  if (rule.kind.type === 'CONNLIMIT') {
    const match = connectionLimit(limit.limit as ConnectionLimit, emission);
    return [{ ...base, matches: [...before, match, ...comment], target }];
  }
  const recent = limit.limit as RecentLimit;
  const named = { match: 'recent', name: recent.name, mask: recentMask(recent, emission) } as const;
  const update: Match = { ...named, step: { kind: 'update', seconds: recent.seconds, hits: recent.hits } };
  const remember: Match = { ...named, step: { kind: 'set' } };
  return [
    { ...plain, matches: [...plain.matches, update] },
    { ...plain, matches: [...plain.matches, remember], target: null },
  ];
};

/** Whether the entry stands for all packets, so that its protocol does not count. */
const isEverything = (service: ServiceModel, entry: ServiceEntry, emission: Emission): boolean =>
  emission.choices.anyByName
    ? service.name.toUpperCase() === 'ANY'
    : entry.filter.kind === 'all' && entry.protocol === null;

/** The packets of an entry that stands for everything: where rules hold addresses the old server kept its protocol. */
const everything = (entry: ServiceEntry, peer: ResolvedPeer, emission: Emission): readonly PacketMatch[] => {
  if (peer.kind !== 'addresses' || entry.protocol === null) return [{ protocol: null, match: null }];
  if (entry.protocol !== undefined) {
    const icmp6 = entry.protocol === 'icmp' && emission.version === 'v6';
    return [{ protocol: icmp6 ? 'ipv6-icmp' : entry.protocol, match: null }];
  }
  const reason = entry.filter.kind === 'faulty' ? entry.filter.reason : 'it has no protocol';
  emission.fault({ kind: 'kernel', field: 'service', reason });
  return [];
};

const checkReset = (packets: readonly PacketMatch[], rule: RuleModel, emission: Emission): void => {
  if (rule.kind.type !== 'CONNLIMIT' || packets.every(({ protocol }) => protocol === 'tcp')) return;
  const reason = 'a CONNLIMIT rule answers with a TCP reset, so every entry of its service must be of protocol tcp';
  emission.fault({ kind: 'kernel', field: 'service', value: rule.service, reason });
};

const checkInterface = (rule: RuleModel, pass: Pass, peer: ResolvedPeer, emission: Emission): void => {
  if (rule.interface !== LXD_BRIDGE || pass !== 'inbound' || peer.kind === 'addresses') return;
  const reason = `agents leave inbound rules on ${LXD_BRIDGE} out of the hash that they report, so such a host would look tampered with for ever`;
  if (emission.choices.refuseLxdBridge)
    emission.fault({ kind: 'kernel', field: 'interface', value: LXD_BRIDGE, reason });
  else emission.warn('interface', reason);
};

const rulesOfEntry = (
  rule: RuleModel,
  packets: readonly PacketMatch[],
  pass: Pass,
  peer: ResolvedPeer,
  limited: boolean,
  emission: Emission,
): readonly KernelRule[] => {
  const inbound = pass === 'inbound';
  const side = inbound ? 'src' : pass === 'answer' ? emission.choices.answerSetSide : 'dst';
  const states = pass === 'answer' ? ANSWER_STATES : rule.states;
  const set: readonly Match[] = peer.kind === 'set' ? [{ match: 'set', name: peer.name, side }] : [];
  const state: readonly Match[] = states.length === 0 ? [] : [{ match: 'state', states }];
  const comment: readonly Match[] = rule.comment === '' ? [] : [{ match: 'comment', text: rule.comment }];
  const target = targetOf(rule, emission);
  return packets.flatMap(({ protocol, match }) => {
    const base: Parts['base'] = {
      chain: inbound ? 'INPUT' : 'OUTPUT',
      addresses: peer.kind === 'addresses' ? { flag: inbound ? '-s' : '-d', list: peer.list } : null,
      interface: rule.interface === '' ? null : { flag: inbound ? '-i' : '-o', name: rule.interface },
      protocol,
    };
    const before = match === null ? [...set, ...state] : [...set, match, ...state];
    return withLimit(rule, { base, before, comment, target }, limited, emission);
  });
};

/**
 * The kernel rules of one rule for one pass, in order. Faults go to the emission; after one the result means nothing.
 * Inactive rules give none, nor do rules about a group without addresses: only their references are looked up.
 * @param faults what the kernel would refuse in the rule: it counts once there is a line to refuse.
 */
export const ruleToKernel = (
  rule: RuleModel,
  service: ServiceModel,
  pass: Pass,
  emission: Emission,
  faults: readonly Fault[],
): readonly KernelRule[] => {
  const peer = resolvePeer(rule.peer, rule.active, pass, emission);
  if (peer === undefined || !rule.active) return [];
  if (peer.kind === 'addresses' && peer.list.length === 0) return [];
  faults.forEach((fault) => emission.fault(fault));
  checkInterface(rule, pass, peer, emission);
  const limited = rule.kind.type !== 'BASIC' && (emission.type === 'ipsets' || emission.choices.limitsWithoutSets);
  return service.entries.flatMap((entry) => {
    const packets = isEverything(service, entry, emission)
      ? everything(entry, peer, emission)
      : packetMatches(entry, pass, limited, emission);
    checkReset(packets, rule, emission);
    return rulesOfEntry(rule, packets, pass, peer, limited, emission);
  });
};
