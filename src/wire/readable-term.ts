import { isUtf8 } from 'node:buffer';
import type { Json } from '../model/document.js';
import type { MapEntry, Term } from './term.js';

/**
 * A term as JSON that people read with ease; for what exactly it is see `annotate`. Binaries that are text are strings,
 * maps with names for keys are objects; `true`, `false`, `null` and `undefined` are themselves or null. The rest are
 * objects with one member named for the kind: `atom`, `tuple`, `charlist`, `map` (a list of pairs), `binary_base64`,
 * `integer` (beyond the exact range), `list` with `tail`, `pid`, `opaque`.
 */
export function readableTerm(term: Term): Json {
  switch (term.kind) {
    case 'integer':
      return typeof term.value === 'number' ? term.value : { integer: term.value.toString() };
    case 'float':
      return term.value;
    case 'atom':
      return atomJson(term.name);
    case 'binary':
      return isUtf8(term.bytes)
        ? term.bytes.toString('utf8')
        : { binary_base64: Buffer.from(term.bytes).toString('base64') };
    case 'nil':
      return [];
    case 'charlist':
      return isUtf8(term.bytes) ? { charlist: term.bytes.toString('utf8') } : [...term.bytes];
    case 'list': {
      const elements = term.elements.map(readableTerm);
      return term.tail === undefined ? elements : { list: elements, tail: readableTerm(term.tail) };
    }
    case 'tuple':
      return { tuple: term.elements.map(readableTerm) };
    case 'map':
      return mapJson(term.entries);
    case 'pid':
      return { pid: `${term.node} ${term.id}.${term.serial}.${term.creation}` };
    case 'opaque':
      return { opaque: { tag: term.tag, bytes_base64: Buffer.from(term.bytes).toString('base64') } };
  }
}

/** An object, if every key is a name that no other key has. */
function mapJson(entries: readonly MapEntry[]): Json {
  const members = new Map<string, Json>();
  for (const [key, value] of entries) {
    const name = nameOf(key);
    if (name === undefined || members.has(name))
      return { map: entries.map(([one, other]) => [readableTerm(one), readableTerm(other)]) };
    members.set(name, readableTerm(value));
  }
  return Object.fromEntries(members);
}

function nameOf(key: Term): string | undefined {
  if (key.kind === 'atom') return key.name;
  return key.kind === 'binary' && isUtf8(key.bytes) ? key.bytes.toString('utf8') : undefined;
}

function atomJson(name: string): Json {
  if (name === 'true' || name === 'false') return name === 'true';
  return name === 'null' || name === 'undefined' ? null : { atom: name };
}
