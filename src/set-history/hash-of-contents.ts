import type { RenderedSet } from '../firewall/printer.js';
import { FIELD_PRINTER } from '../firewall/printers.js';
import { readSetName } from '../firewall/sets/set-name.js';
import { HistoryFault } from './history-fault.js';
import type { Contents } from './set-changes.js';

/** The hash that agents report once they have loaded these sets, worked out with pauses. @throws HistoryFault */
export function* hashOfContents(contents: Contents): Generator<void, string> {
  const rendered: RenderedSet[] = [];
  for (const [name, addresses] of contents) {
    const parts = readSetName(name);
    if (parts === undefined) throw new HistoryFault(`${name} is no name of a set`);
    const { base, kind, family } = parts;
    rendered.push(yield* FIELD_PRINTER.sets.render(base, kind, family, addresses));
  }
  return yield* FIELD_PRINTER.sets.hash(rendered);
}
