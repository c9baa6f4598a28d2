import { isDeepStrictEqual } from 'node:util';
import type { Document, JsonObject } from '../model/document.js';
import { HASH_FIELDS } from '../model/ruleset-variants.js';
import type { RowChange } from './row-change.js';

/** Fields that this server writes into group rows itself: a change of these alone changes no rule. */
const OWN_GROUP_FIELDS: ReadonlySet<string> = new Set(HASH_FIELDS);

function differs(change: RowChange, fields: readonly string[]): boolean {
  return fields.some((field) => !isDeepStrictEqual(change.before?.[field], change.after?.[field]));
}

function withoutOwn(row: Document | undefined): JsonObject | undefined {
  return row === undefined
    ? undefined
    : Object.fromEntries(Object.entries(row).filter(([key]) => !OWN_GROUP_FIELDS.has(key)));
}

/** Whether a group row changed in anything but the hashes written back after a publish. */
export function groupChanged(change: RowChange): boolean {
  return !isDeepStrictEqual(withoutOwn(change.before), withoutOwn(change.after));
}

/**
 * Whether a host change can move addresses between sets, as entering or leaving `active` does
 * (docs/host-lifecycle.md#what-dirties-what).
 */
export function hostAddressesChanged(change: RowChange): boolean {
  return (
    (change.before?.active === 'active' || change.after?.active === 'active') &&
    differs(change, ['active', 'group', 'interfaces'])
  );
}

/** Whether a host change is one that its agent must be told (docs/protocol.md#host-configuration). */
export function hostConfigChanged(change: RowChange): boolean {
  return differs(change, ['environment', 'group', 'hostkey', 'location', 'name']);
}
