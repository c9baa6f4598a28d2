import { byteCount } from '../byte-count.js';
import type { Term } from '../term.js';

/** What kind of term this is, for error messages: never its content, which may be secret, hostile or huge. */
export function describeTerm(term: Term): string {
  switch (term.kind) {
    case 'nil':
      return 'an empty list';
    case 'binary':
      return `a binary of ${byteCount(term.bytes.length)}`;
    case 'charlist':
      return `a charlist of ${byteCount(term.bytes.length)}`;
    case 'list':
      return term.tail === undefined ? `a list of ${term.elements.length}` : 'an improper list';
    case 'tuple':
      return `a tuple of ${term.elements.length}`;
    case 'map':
      return `a map of ${term.entries.length}`;
    case 'integer':
      return 'an integer';
    case 'atom':
      return 'an atom';
    case 'float':
    case 'pid':
      return `a ${term.kind}`;
    case 'opaque':
      return 'a term that no message uses';
  }
}
