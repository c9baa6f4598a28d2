import type { JsonObject } from '../model/document.js';
import { sharedEnds } from '../model/shared-ends.js';
import { isList, isObject } from '../model/validate.js';
import { HistoryFault } from './history-fault.js';

/** What all sets hold, by full name: addresses in the order in which they are published. */
export type Contents = ReadonlyMap<string, readonly string[]>;

/**
 * What became of one set. `removed`, `added`: single addresses, the latter with their place (from 0) in the new list.
 * `all`: the new list as a whole, of a set that is new, or most of which is. `gone`: there is no such set any more.
 */
export type SetChange = JsonObject & { readonly name: string } & (
    | { readonly removed: readonly string[]; readonly added: readonly (readonly [number, string])[] }
    | { readonly all: readonly string[] }
    | { readonly gone: true }
  );

const NONE: readonly string[] = [];

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((address, at) => address === b[at]));
}

function changeOf(name: string, before: readonly string[] | undefined, after: readonly string[]): SetChange {
  if (before === undefined) return { name, all: after };
  const { head, tail } = sharedEnds(before, after);
  const was = before.slice(head, before.length - tail);
  const is = after.slice(head, after.length - tail);
  const [old, current] = [new Set(was), new Set(is)];
  const removed = was.filter((address) => !current.has(address));
  const added = is.flatMap((address, at) => (old.has(address) ? [] : [[head + at, address] as const]));
  if (removed.length + added.length >= after.length) return { name, all: after };
  const change: SetChange = { name, removed, added };
  // Addresses that changed places, or stand there twice: such lists are told whole.
  const again = changed(before, change);
  return again !== undefined && sameList(again, after) ? change : { name, all: after };
}

/** What leads from some contents to others, set by set in order of their names; pauses after each set that differs. */
export function* setChanges(before: Contents, after: Contents): Generator<void, readonly SetChange[]> {
  const changes: SetChange[] = [];
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) continue;
    if (is === undefined) changes.push({ name, gone: true });
    else if (was === undefined || !sameList(was, is)) changes.push(changeOf(name, was, is));
    yield;
  }
  return changes;
}

/** The list after a change; undefined: it is not one of this list. */
function changed(
  before: readonly string[],
  { removed, added }: { readonly removed: readonly string[]; readonly added: readonly (readonly [number, string])[] },
): readonly string[] | undefined {
  const going = new Set(removed);
  const stay = going.size === 0 ? before : before.filter((address) => !going.has(address));
  if (stay.length !== before.length - removed.length) return undefined;
  const after: string[] = [];
  let from = 0;
  for (const [place, address] of added) {
    const until = from + place - after.length;
    if (until < from || until > stay.length) return undefined;
    for (; from < until; from += 1) after.push(stay[from] as string);
    after.push(address);
  }
  for (; from < stay.length; from += 1) after.push(stay[from] as string);
  return after;
}

/** Contents after some changes; lists of other sets are the same objects as before. @throws HistoryFault where they don't fit */
export function* applyChanges(before: Contents, changes: readonly SetChange[]): Generator<void, Contents> {
  const after = new Map(before);
  for (const change of changes) {
    const { name } = change;
    const was = after.get(name);
    if ('gone' in change) {
      if (!after.delete(name)) throw new HistoryFault(`the set ${name} goes, but was not there`);
    } else if ('all' in change) after.set(name, change['all'] as readonly string[]);
    else {
      const is = was === undefined ? undefined : changed(was, change);
      if (is === undefined) throw new HistoryFault(`what changed in the set ${name} does not fit what it held`);
      after.set(name, is);
    }
    yield;
  }
  return after;
}

function isTextList(value: unknown): value is readonly string[] {
  return isList(value as never) && (value as readonly unknown[]).every((each) => typeof each === 'string');
}

/** Changes as they were stored. @throws HistoryFault */
export function readChanges(value: unknown): readonly SetChange[] {
  if (!isList(value as never)) throw new HistoryFault('the changes of sets are not a list');
  return (value as readonly unknown[]).map((one) => {
    const change = isObject(one as never) ? (one as JsonObject) : {};
    const { name, all, removed, gone } = change;
    const added: unknown = change['added'] ?? NONE;
    const fits =
      gone === true ||
      isTextList(all) ||
      (isTextList(removed) &&
        Array.isArray(added) &&
        added.every((each) => Array.isArray(each) && Number.isInteger(each[0]) && typeof each[1] === 'string'));
    if (typeof name !== 'string' || !fits) throw new HistoryFault('a change of a set cannot be read');
    return change as SetChange;
  });
}

/** Characters that changes take, roughly. */
export function sizeOf(changes: readonly SetChange[]): number {
  let chars = 0;
  for (const change of changes) {
    chars += change.name.length + 40;
    if ('all' in change) for (const address of change['all'] as readonly string[]) chars += address.length + 3;
    if (!('removed' in change)) continue;
    for (const address of change['removed'] as readonly string[]) chars += address.length + 3;
    for (const [, address] of change['added'] as readonly (readonly [number, string])[]) chars += address.length + 12;
  }
  return chars;
}
