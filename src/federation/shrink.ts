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
        const there = Object.hasOwn(after[family][kind], name) ? (after[family][kind][name] ?? []) : [];
        const found = lossOfList(isList(list) ? list : [], there);
        had += found.had;
        lost += found.lost;
      }
    }
  }
  return { had, lost };
}

function lossOfList(before: readonly unknown[], after: readonly string[]): Loss {
  if (!ascends(before) || !ascends(after)) {
    const stays = new Set<unknown>(after);
    const distinct = new Set(before);
    return { had: distinct.size, lost: [...distinct].filter((address) => !stays.has(address)).length };
  }
  // As messages have them: in order, and so without a table of hundreds of thousands.
  let kept = 0;
  let at = 0;
  for (const address of before) {
    while (at < after.length && (after[at] as string) < address) at += 1;
    if (after[at] === address) kept += 1;
  }
  return { had: before.length, lost: before.length - kept };
}

function ascends(list: readonly unknown[]): list is readonly string[] {
  for (let at = 0; at < list.length; at += 1) {
    if (typeof list[at] !== 'string') return false;
    if (at > 0 && (list[at - 1] as string) >= (list[at] as string)) return false;
  }
  return true;
}

/** Whether so much is taken away that an operator is asked first. `percent` 100 and above: never. */
export function isShrink({ had, lost }: Loss, percent: number): boolean {
  return percent < 100 && lost > 0 && (lost === had || lost * 100 > had * percent);
}
