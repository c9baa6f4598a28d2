import { POLICY_PARTS, type Policy, type PolicyPart } from '../../src/firewall/policy/policy.js';
import type { Document } from '../../src/model/document.js';

/** A policy from lists of documents; tables that are not given are empty. */
export function makePolicy(tables: Partial<Record<PolicyPart, readonly Document[]>>): Policy {
  return Object.fromEntries(
    POLICY_PARTS.map((part) => [part, new Map((tables[part] ?? []).map((row) => [row.id, row]))]),
  ) as unknown as Policy;
}

/** A whole rule, to be changed where a test needs it. */
export function makeRule(change: Record<string, Document[string]> = {}): Document[string] {
  return {
    action: 'ACCEPT',
    active: true,
    comment: '',
    environments: [],
    group: 'any',
    group_type: 'ANY',
    interface: '',
    log: false,
    log_prefix: '',
    order: 1,
    service: 'any',
    states: [],
    type: 'BASIC',
    ...change,
  };
}
