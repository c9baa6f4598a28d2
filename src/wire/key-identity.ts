import type { Term } from './term.js';

/**
 * A string that is equal for two keys of a map only if they are the same term; `undefined` for compound keys, which no
 * message has and which could cost more to compare than the message to decode.
 */
export function keyIdentity(key: Term): string | undefined {
  switch (key.kind) {
    case 'binary':
      return `b${key.bytes.toString('latin1')}`;
    case 'atom':
      return `a${key.name}`;
    case 'charlist':
      return `c${key.bytes.toString('latin1')}`;
    case 'integer':
      return `i${key.value}`;
    case 'float':
      return `f${Object.is(key.value, -0) ? '-0' : key.value}`;
    case 'nil':
      return 'n';
    case 'list':
    case 'tuple':
    case 'map':
    case 'pid':
    case 'opaque':
      return undefined;
  }
}
