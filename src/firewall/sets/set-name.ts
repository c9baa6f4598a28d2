import type { Family } from '../addresses/family.js';

/** What a set holds the addresses of. */
export type SetKind = 'group' | 'zone';

/** The kernel takes 31 bytes for a set's name; the work copy's suffix, such as `_gv4n`, takes five. */
export const MAX_BASE_BYTES = 26;

/** The name of a set, such as `web_gv4`, `office_zv6`, `q1#web_gv4`. */
export function setName(base: string, kind: SetKind, family: Family): string {
  return `${base}_${kind === 'group' ? 'g' : 'z'}${family}`;
}

/** What a set's full name says; `undefined` if {@link setName} would not make it. */
export function readSetName(
  name: string,
): { readonly base: string; readonly kind: SetKind; readonly family: Family } | undefined {
  const match = /^(.*)_([gz])(v4|v6)$/su.exec(name);
  if (match === null) return undefined;
  return { base: match[1] ?? '', kind: match[2] === 'g' ? 'group' : 'zone', family: match[3] as Family };
}

/** The base name of a set that a linked environment sends and that keeps that environment's name. */
export function prefixedBase(environment: string, base: string): string {
  return `${environment}#${base}`;
}

/* Measured with ipset 7.17: of all ASCII characters only these split a line into other words. */

const UNUSABLE = /[\u0000-\u0020\u007f"]/;

/** Why a name has characters that no set's name can have; `undefined` if it has none. */
export function setNameCharacterFault(base: string): string | undefined {
  return UNUSABLE.test(base) ? 'the name holds a blank, a control character or a double quote' : undefined;
}

/**
 * Why no set can have a name made from `base`; `undefined` if one can. Stored groups and zones may have names that
 * new ones could not get (docs/rulesets.md#what-the-kernel-refuses), so this checks only what the kernel and its tools
 * take.
 */
export function setNameFault(base: string): string | undefined {
  const characters = setNameCharacterFault(base);
  if (characters !== undefined) return characters;
  const bytes = Buffer.byteLength(base);
  if (bytes > MAX_BASE_BYTES) {
    return `the name has ${bytes} bytes: at most ${MAX_BASE_BYTES} fit into the name of a set, a prefix included`;
  }
  return undefined;
}
