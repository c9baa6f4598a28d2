import type { Filter } from '../analysis/index.js';

/** Lines that are listed, of each text. */
const MOST = 50;

/** What could not be read of a host's own text, a line each. */
export function outOfScopeText(name: string, { outOfScope }: Pick<Filter, 'outOfScope'>): string {
  const lines = outOfScope
    .slice(0, MOST)
    .map(({ line, lineNumber, reason }) => `${name}: line ${lineNumber} is out of scope: ${reason}: ${line}\n`);
  const more = outOfScope.length - lines.length;
  return lines.join('') + (more > 0 ? `${name}: … and ${more} more lines\n` : '');
}
