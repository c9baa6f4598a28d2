import { WIDTH } from '../addresses/family.js';
import type { Fault } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import type { FirewallRule, Packets, Peer, SourceLimit, Verdict } from './firewall-rule.js';
import type { ServiceEntry, ServiceModel } from './read-service.js';
import { readRecentMask } from './recent-mask.js';
import { resolvePeer } from './resolve-peer.js';
import type { Action, RecentLimit, RuleModel, State } from './rule-model.js';
import { servicePackets, wholeProtocol } from './service-packets.js';

const VERDICTS: Readonly<Record<Action, Verdict>> = { ACCEPT: 'accept', DROP: 'drop', REJECT: 'reject' };
const ANSWER_STATES: readonly State[] = ['RELATED', 'ESTABLISHED'];
/** Agents leave lines on this interface out of what they hash (docs/protocol.md#rulesets-before-hashing). */
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

function verdictOf({ kind, action }: RuleModel): Verdict {
  // Tells a client over its limit at once, whatever the rule's action is.
  if (kind.type === 'CONNLIMIT') return 'reset';
  return VERDICTS[action];
}

function interfaceOf({ interface: name }: RuleModel): FirewallRule['interface'] {
  if (name === '') return null;
  return name.endsWith('+') ? { name: name.slice(0, -1), andLonger: true } : { name, andLonger: false };
}

function recentMask(limit: RecentLimit, emission: Emission): string | null {
  const given = limit.mask === null ? undefined : readRecentMask(limit.mask);
  if (given === undefined) return null;
  if (given.family === emission.version) return given.mask;
  emission.warn('recent_mask', `does not fit ${emission.version}: whole addresses count there`);
  return null;
}

/** The rule's limit; undefined after a fault. */
function limitOf({ kind }: RuleModel, emission: Emission): SourceLimit | null | undefined {
  if (kind.type === 'BASIC') return null;
  if (!kind.limit.ok) {
    kind.limit.faults.forEach((fault) => emission.fault(fault));
    return undefined;
  }
  if (kind.type === 'RECENT') {
    const { name, seconds, hits } = kind.limit.limit;
    return { kind: 'recent', name, seconds, hits, mask: recentMask(kind.limit.limit, emission) };
  }
  const { above, mask } = kind.limit.limit;
  const width = WIDTH[emission.version];
  return { kind: 'connections', above, prefix: Math.min(mask ?? width, width) };
}

/** Whether the entry stands for all packets, so that its protocol does not count. */
function isEverything(service: ServiceModel, entry: ServiceEntry, emission: Emission): boolean {
  return emission.choices.anyByName
    ? service.name.toUpperCase() === 'ANY'
    : entry.filter.kind === 'all' && entry.protocol === null;
}

/** The packets of an entry for everything; where rules hold addresses its protocol is kept, as on the Erlang server. */
function everything(entry: ServiceEntry, peer: Peer, emission: Emission): readonly Packets[] {
  if (peer.kind !== 'addresses' || entry.protocol === null) return [wholeProtocol(null)];
  if (entry.protocol !== undefined) {
    const icmp6 = entry.protocol === 'icmp' && emission.version === 'v6';
    return [wholeProtocol(icmp6 ? 'ipv6-icmp' : entry.protocol)];
  }
  const reason = entry.filter.kind === 'faulty' ? entry.filter.reason : 'it has no protocol';
  emission.fault({ kind: 'kernel', field: 'service', reason });
  return [];
}

function checkReset(packets: readonly Packets[], rule: RuleModel, emission: Emission): void {
  if (rule.kind.type !== 'CONNLIMIT' || packets.every(({ protocol }) => protocol === 'tcp')) return;
  const reason = 'a CONNLIMIT rule answers with a TCP reset, so every entry of its service must be of protocol tcp';
  emission.fault({ kind: 'kernel', field: 'service', value: rule.service, reason });
}

function checkInterface(rule: RuleModel, pass: Pass, peer: Peer, emission: Emission): void {
  if (rule.interface !== LXD_BRIDGE || pass !== 'inbound' || peer.kind === 'addresses') return;
  const reason = `agents leave inbound rules on ${LXD_BRIDGE} out of the hash that they report, so such a host would look tampered with for ever`;
  if (emission.choices.refuseLxdBridge)
    emission.fault({ kind: 'kernel', field: 'interface', value: LXD_BRIDGE, reason });
  else emission.warn('interface', reason);
}

/**
 * Compiles one rule of a profile in one pass: one rule per entry of its service, in order. Faults go to the emission;
 * after one the result is meaningless. Inactive rules give none, nor do rules about a group without addresses: only
 * their references are looked up.
 * @param faults what the kernel would refuse in the rule: it counts once there is something to refuse.
 */
export function expandRule(
  rule: RuleModel,
  service: ServiceModel,
  pass: Pass,
  emission: Emission,
  faults: readonly Fault[],
): readonly FirewallRule[] {
  const peer = resolvePeer(rule.peer, rule.active, pass, emission);
  if (peer === undefined || !rule.active) return [];
  if (peer.kind === 'addresses' && peer.list.length === 0) return [];
  faults.forEach((fault) => emission.fault(fault));
  checkInterface(rule, pass, peer, emission);
  const limited = rule.kind.type !== 'BASIC' && (emission.type === 'ipsets' || emission.choices.limitsWithoutSets);
  const direction = pass === 'inbound' ? 'in' : 'out';
  const device = interfaceOf(rule);
  const states = pass === 'answer' ? ANSWER_STATES : rule.states;
  const verdict = verdictOf(rule);
  const { comment } = rule;
  const found: FirewallRule[] = [];
  for (const entry of service.entries) {
    const some = isEverything(service, entry, emission)
      ? everything(entry, peer, emission)
      : servicePackets(entry, pass, limited, emission);
    checkReset(some, rule, emission);
    for (const packets of some) {
      const limit = limited ? limitOf(rule, emission) : null;
      if (limit !== undefined)
        found.push({ direction, peer, interface: device, packets, states, limit, verdict, comment });
    }
  }
  return found;
}
