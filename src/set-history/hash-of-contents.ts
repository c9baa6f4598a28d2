import type { SetContent } from '../firewall/printer.js';
import { fieldSetsHash } from '../firewall/printers.js';
import { readSetName } from '../firewall/sets/set-name.js';
import { HistoryFault } from './history-fault.js';
import type { Contents } from './set-changes.js';

/** The hash that agents report once they have loaded these sets, worked out with pauses. @throws HistoryFault */
export function* hashOfContents(contents: Contents): Generator<void, string> {
  const sets = [...contents].map(([name, addresses]): SetContent => {
    const family = readSetName(name)?.family;
    if (family === undefined) throw new HistoryFault(`${name} is no name of a set`);
    return { name, family, addresses };
  });
  return yield* fieldSetsHash(sets);
}
