import type { Document } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';
import type { LearntSets } from './learnt-sets.js';

/** Entries of sets that a message takes away, of those that are in service. */
export interface Loss {
  readonly had: number;
  readonly lost: number;
}

const FAMILIES = ['v4', 'v6'] as const;
const KINDS = ['groups', 'zones'] as const;

/**
 * Counts what `after` no longer has of the external that is in service; undefined: none is. An address counts in every
 * set that has it, since each is a rule's.
 */
export function lossOf(external: Document | undefined, after: Pick<LearntSets, 'v4' | 'v6'>): Loss {
  let had = 0;
  let lost = 0;
  for (const family of FAMILIES) {
    const sets = external?.[family];
    if (!isObject(sets)) continue;
    for (const kind of KINDS) {
      const lists = sets[kind];
      if (!isObject(lists)) continue;
      for (const [name, list] of Object.entries(lists)) {
        const before = new Set(isList(list) ? list : []);
        const there = Object.hasOwn(after[family][kind], name) ? after[family][kind][name] : undefined;
        const stays = new Set<unknown>(there ?? []);
        had += before.size;
        for (const address of before) if (!stays.has(address)) lost += 1;
      }
    }
  }
  return { had, lost };
}

/** Whether so much is taken away that an operator is asked first. `percent` 100 and above: never. */
export function isShrink({ had, lost }: Loss, percent: number): boolean {
  return percent < 100 && lost > 0 && (lost === had || lost * 100 > had * percent);
}
