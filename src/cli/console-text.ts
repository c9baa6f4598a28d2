import { stringify } from 'yaml';
import { escapeHidden } from '../model/hidden-characters.js';
import { timeForPeople } from './time-for-people.js';
import { printTree } from './print-tree.js';
import { treeFault } from './tree-fault.js';
import type { ActorView } from '../operations/actors/actor-view.js';

/**
 * An answer of the console as people read it: text as it is, actors as a tree, all else as YAML, names first, times in UTC with how long
 * ago that was. Nothing in it can move the cursor. `now`: epoch seconds.
 */
export function consoleText(value: unknown, now: number): string {
  if (treeFault(value) === undefined) return printTree(value as ActorView);
  const text = typeof value === 'string' ? value : stringify(forPeople(value, now), { lineWidth: 0 });
  const lines = text.endsWith('\n') ? text : `${text}\n`;
  return lines.split('\n').map(escapeHidden).join('\n');
}

function forPeople(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((item) => forPeople(item, now));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    // Keys of former releases, beside their newer ones.
    .filter(([key]) => !/^[a-z]+[A-Z]/.test(key))
    .map(([key, item]) => [key, timeForPeople(key, item, now) ?? forPeople(item, now)] as const);
  const named = ([key]: (typeof entries)[number]): boolean => key === 'name';
  return Object.fromEntries([...entries.filter(named), ...entries.filter((entry) => !named(entry))]);
}
