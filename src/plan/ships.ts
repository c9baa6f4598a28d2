import { createHash } from 'node:crypto';
import type { CompiledGroup } from '../firewall/policy/compile-group.js';
import type { JsonObject } from '../model/document.js';
import { RULESET_VARIANTS } from '../model/ruleset-variants.js';
import type { Shipment } from './would-ship.js';

/** What a shipment changes, as hashes: enough to see whether it is still the same one. */
export interface Ships extends JsonObject {
  /** By group id. `before` and `after` are the four hashes joined, what keeps it from compiling, or null: no group. */
  readonly groups: {
    readonly [id: string]: { readonly name: string; readonly before: string | null; readonly after: string | null };
  };
  /** By full name: SHA-256 of the addresses; null: no set. */
  readonly sets: { readonly [name: string]: { readonly before: string | null; readonly after: string | null } };
}

function ofGroup(compiled: CompiledGroup | undefined): string | null {
  if (compiled === undefined) return null;
  if (!compiled.ok) return `error: ${compiled.error.message}`;
  return RULESET_VARIANTS.map(({ key }) => compiled[key].hash).join(' ');
}

function ofSet(addresses: readonly string[] | undefined): string | null {
  return addresses === undefined ? null : createHash('sha256').update(addresses.join('\n')).digest('hex');
}

/** The hashes of a shipment. */
export function shipsOf({ groups, sets }: Pick<Shipment, 'groups' | 'sets'>): Ships {
  return {
    groups: Object.fromEntries(
      groups.map(({ id, name, before, after }) => [id, { name, before: ofGroup(before), after: ofGroup(after) }]),
    ),
    sets: Object.fromEntries(
      sets.map(({ name, before, after }) => [name, { before: ofSet(before), after: ofSet(after) }]),
    ),
  };
}

/** What differs between two shipments, in words. */
export function movedOn(then: Ships, now: Ships): readonly JsonObject[] {
  const differing = <T>(was: Readonly<Record<string, T>>, is: Readonly<Record<string, T>>): readonly string[] =>
    [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
    );
  return [
    ...differing(then.groups, now.groups).map((id) => ({
      kind: 'group',
      id,
      name: (now.groups[id] ?? then.groups[id])?.name ?? '',
    })),
    ...differing(then.sets, now.sets).map((name) => ({ kind: 'set', name })),
  ];
}
