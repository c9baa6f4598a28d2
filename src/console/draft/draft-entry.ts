import type { JsonObject } from '../../model/document.js';

/** What can be changed in a draft. */
export const DRAFT_RESOURCES = ['zone', 'service', 'link', 'profile', 'group', 'ruleset', 'assertion'] as const;
export type DraftResource = (typeof DRAFT_RESOURCES)[number];

/** One document of a draft. */
export interface DraftEntry {
  readonly resource: DraftResource;
  /** Of a new document too, so that others can name it before it is stored. */
  readonly id: string;
  /** As it was when its change began; null: it is new. */
  readonly base: JsonObject | null;
  /** Its entity tag then; null: it is new. */
  readonly etag: string | null;
  /** As it is to be; null: removed. */
  readonly wanted: JsonObject | null;
}

/** What names an entry. */
export type DraftKey = Pick<DraftEntry, 'resource' | 'id'>;

export function isOfKey({ resource, id }: DraftKey): (other: DraftKey) => boolean {
  return (other) => other.resource === resource && other.id === id;
}

/** What becomes of it, as plans say it. */
export function becomes({ base, wanted }: DraftEntry): 'created' | 'changed' | 'removed' {
  if (wanted === null) return 'removed';
  return base === null ? 'created' : 'changed';
}

/** What it is called. */
export function nameOf({ wanted, base }: DraftEntry): string {
  const name = (wanted ?? base)?.['name'];
  return typeof name === 'string' && name !== '' ? name : 'without a name';
}
