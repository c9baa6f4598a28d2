import { explainAddress } from '../addresses/explain-address.js';
import type { Family } from '../addresses/family.js';

/** Elements of a list that are not addresses of its family: how many, and the first few with the reason. */
export interface Junk {
  readonly count: number;
  readonly examples: readonly { readonly element: string; readonly reason: string }[];
}

/** Enough examples to see what is wrong, without keeping a list of a million. */
const MAX_EXAMPLES = 10;
const MAX_SHOWN = 80;

function show(element: unknown): string {
  const text = typeof element === 'string' ? element : (JSON.stringify(element) ?? String(element));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Collects junk while a list is read. */
export class JunkCounter implements Junk {
  count = 0;
  readonly examples: { element: string; reason: string }[] = [];

  add(element: unknown, family: Family): void {
    this.count += 1;
    if (this.examples.length >= MAX_EXAMPLES) return;
    const reason = typeof element === 'string' ? explainAddress(element, family).reason : 'is not a string';
    this.examples.push({ element: show(element), reason });
  }
}
