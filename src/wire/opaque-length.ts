import * as tag from './tags.js';

/**
 * Length in bytes, tag included, of a term that no message uses but that Erlang may send; `undefined` for any other
 * tag, or if its node is not an atom. May exceed the bytes that are there: the caller checks.
 */
export function opaqueLength(bytes: Buffer, start: number): number | undefined {
  const body = start + 1;
  switch (bytes[start]) {
    case tag.BIT_BINARY:
      return 1 + 4 + 1 + u32(bytes, body);
    case tag.PORT:
      return withNode(bytes, body, 4 + 1);
    case tag.NEW_PORT:
      return withNode(bytes, body, 4 + 4);
    case tag.V4_PORT:
      return withNode(bytes, body, 8 + 4);
    case tag.REFERENCE:
      return withNode(bytes, body, 4 + 1);
    case tag.NEW_REFERENCE:
      return withNode(bytes, body + 2, 2 + 1 + 4 * u16(bytes, body));
    case tag.NEWER_REFERENCE:
      return withNode(bytes, body + 2, 2 + 4 + 4 * u16(bytes, body));
    case tag.EXPORT: {
      const module = atomLength(bytes, body);
      const name = module === undefined ? undefined : atomLength(bytes, body + module);
      return module === undefined || name === undefined ? undefined : 1 + module + name + 2;
    }
    default:
      return undefined;
  }
}

function withNode(bytes: Buffer, at: number, rest: number): number | undefined {
  const node = atomLength(bytes, at);
  return node === undefined ? undefined : 1 + node + rest;
}

function atomLength(bytes: Buffer, at: number): number | undefined {
  switch (bytes[at]) {
    case tag.SMALL_ATOM:
    case tag.SMALL_ATOM_UTF8:
      return 2 + (bytes[at + 1] ?? 0);
    case tag.ATOM:
    case tag.ATOM_UTF8:
      return 3 + u16(bytes, at + 1);
    default:
      return undefined;
  }
}

/** Bytes beyond the end count as 0: the resulting length then exceeds the bytes in any case. */
function u16(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

function u32(bytes: Buffer, at: number): number {
  return u16(bytes, at) * 65_536 + u16(bytes, at + 2);
}
