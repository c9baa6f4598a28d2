import { isUtf8 } from 'node:buffer';
import type { Json } from '../model/document.js';
import { binary, atom, float, integer, list, map, NIL, type MapEntry, type Term } from './term.js';

/**
 * A term as JSON that names the kind of each part, for people to read:
 * integers are numbers (`{"integer": "…"}` beyond the exact range); the rest are objects with one member named for the
 * kind: `float`, `atom`, `binary` (text) or `binary_base64` (not UTF-8), `charlist` (text) or `charlist_bytes`,
 * `list` (with `tail` when improper), `tuple`, `map` (a list of pairs), `pid`, `opaque`.
 */
export function annotate(term: Term): Json {
  switch (term.kind) {
    case 'integer':
      return typeof term.value === 'number' ? term.value : { integer: term.value.toString() };
    case 'float':
      return { float: term.value };
    case 'atom':
      return { atom: term.name };
    case 'binary':
      return isUtf8(term.bytes)
        ? { binary: term.bytes.toString('utf8') }
        : { binary_base64: term.bytes.toString('base64') };
    case 'nil':
      return { list: [] };
    case 'charlist':
      return isUtf8(term.bytes) ? { charlist: term.bytes.toString('utf8') } : { charlist_bytes: [...term.bytes] };
    case 'list': {
      const elements = term.elements.map(annotate);
      return term.tail === undefined ? { list: elements } : { list: elements, tail: annotate(term.tail) };
    }
    case 'tuple':
      return { tuple: term.elements.map(annotate) };
    case 'map':
      return { map: term.entries.map(([key, value]) => [annotate(key), annotate(value)]) };
    case 'pid':
      return { pid: { node: term.node, id: term.id, serial: term.serial, creation: term.creation } };
    case 'opaque':
      return { opaque: { tag: term.tag, bytes_base64: term.bytes.toString('base64') } };
  }
}

/** JSON as agents and the Erlang server encode it: strings as binaries, `true`, `false` and `null` as atoms. */
export function termFromJson(value: Json): Term {
  if (typeof value === 'string') return binary(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? integer(value) : float(value);
  if (value === null || typeof value === 'boolean') return atom(String(value));
  if (isArray(value)) return value.length === 0 ? NIL : list(value.map(termFromJson));
  return binaryKeyMap(Object.entries(value).map(([key, member]) => [key, termFromJson(member)]));
}

/** A map with binary keys in Erlang's term order (by bytes), which is how maps of up to 32 keys arrive. */
export function binaryKeyMap(entries: readonly (readonly [string, Term])[]): Term {
  const pairs = entries.map(([key, value]): readonly [Buffer, Term] => [Buffer.from(key, 'utf8'), value]);
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  return map(pairs.map(([key, value]): MapEntry => [{ kind: 'binary', bytes: key }, value]));
}

/**
 * The plain JSON that a term stands for, `undefined` when there is none (pids, tuples, improper lists, binaries that
 * are not UTF-8, integers beyond the exact range, maps with keys that are neither binary nor atom).
 * Atoms `true`, `false` and `null` become those, `undefined` null, other atoms strings; a charlist becomes numbers,
 * because it looks the same as a list of numbers.
 */
export function plainJson(term: Term): Json | undefined {
  switch (term.kind) {
    case 'integer':
      return typeof term.value === 'number' ? term.value : undefined;
    case 'float':
      return term.value;
    case 'atom':
      return atomJson(term.name);
    case 'binary':
      return isUtf8(term.bytes) ? term.bytes.toString('utf8') : undefined;
    case 'nil':
      return [];
    case 'charlist':
      return [...term.bytes];
    case 'list': {
      if (term.tail !== undefined) return undefined;
      const elements = term.elements.map(plainJson);
      return elements.every((element) => element !== undefined) ? elements : undefined;
    }
    case 'map': {
      const members: [string, Json][] = [];
      for (const [key, value] of term.entries) {
        const name = key.kind === 'atom' ? key.name : key.kind === 'binary' ? plainJson(key) : undefined;
        const json = plainJson(value);
        if (typeof name !== 'string' || json === undefined) return undefined;
        members.push([name, json]);
      }
      return Object.fromEntries(members);
    }
    case 'tuple':
    case 'pid':
    case 'opaque':
      return undefined;
  }
}

function atomJson(name: string): Json {
  if (name === 'true' || name === 'false') return name === 'true';
  return name === 'null' || name === 'undefined' ? null : name;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
