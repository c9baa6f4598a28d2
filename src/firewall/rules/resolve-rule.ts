import type { Fault } from './compile-error.js';
import type { PlacedRead } from './read-profile.js';
import type { ServiceModel } from './read-service.js';
import { nameOfPeer } from './resolve-peer.js';
import type { RuleModel } from './rule-model.js';
import type { Referred } from './ruleset-input.js';

/** A rule with what it refers to, which is the same in all variants. */
export interface ResolvedRule {
  readonly rule: RuleModel;
  readonly service: ServiceModel;
  /** Of the group or zone that it is about; null: anyone. */
  readonly peerName: string | null;
}

/** The service of a rule; undefined after a fault. */
export function serviceOf(rule: RuleModel, from: Referred, fault: (fault: Fault) => void): ServiceModel | undefined {
  const read = from.lookups.services.get(rule.service);
  if (read === undefined) {
    const reason = 'there is no service with this id';
    fault({ kind: 'reference', field: 'service', value: rule.service, reason });
    return undefined;
  }
  if (read.ok) return read.service;
  fault({ kind: 'shape', field: 'service', value: rule.service, reason: read.reason });
  return undefined;
}

/** Looks up the service and the peer of a rule that was read; undefined: it becomes nothing, or has a fault. */
export function resolveRule(
  { rule, faults }: PlacedRead,
  from: Referred,
  fault: (fault: Fault) => void,
): ResolvedRule | undefined {
  // Most rules have no fault.
  const faulty = faults.length > 0;
  const read = faulty ? faults.find(({ kind }) => kind !== 'kernel') : undefined;
  if (rule === null) {
    if (read !== undefined) fault(read);
    return undefined;
  }
  const service = faulty && faults.some(({ field }) => field === 'service') ? undefined : serviceOf(rule, from, fault);
  // A service without entries gives no line, whatever else the rule holds.
  if (service?.entries.length === 0) return undefined;
  if (read !== undefined || service === undefined) {
    if (read !== undefined) fault(read);
    return undefined;
  }
  if (rule.peer.kind === 'anyone') return { rule, service, peerName: null };
  const peerName = nameOfPeer(rule.peer, from, fault);
  return peerName === undefined ? undefined : { rule, service, peerName };
}
