import { type Family, WIDTH } from '../addresses/family.js';
import { sortByBytes } from '../hash/byte-order.js';
import type { RenderedSet } from '../printer.js';
import { type SetKind, setName } from '../sets/set-name.js';

const INET: Readonly<Record<Family, string>> = { v4: 'inet', v6: 'inet6' };

/**
 * The `add` lines that the kernel gives back, sorted as an agent sorts them, then shortened as it shortens them. The
 * kernel prints no `/32` of v4 and no `/128`; a v6 `/32` it does print, and the hash takes it away.
 */
function hashedLines(name: string, family: Family, addresses: readonly string[]): string {
  if (addresses.length === 0) return '';
  const host = `/${WIDTH[family]}`;
  const saved = addresses.map((text) => (text.endsWith(host) ? text.slice(0, -host.length) : text));
  const start = `add ${name} `;
  return (start + sortByBytes(saved).join(`\n${start}`)).replaceAll('/32', '').replaceAll('/128', '');
}

/**
 * Renders one set (docs/rulesets.md#the-text-of-the-sets): its block is its `create`, `add` and `swap` lines, a line feed
 * at the end; what is hashed is what is left of the lines that `ipset save` prints for it, without one. `addresses` are a
 * `CanonicalSet`'s; none leave one empty line.
 */
export function renderSet(base: string, kind: SetKind, family: Family, addresses: readonly string[]): RenderedSet {
  const name = setName(base, kind, family);
  const create = `hash:net family ${INET[family]} -exist`;
  const add = `add ${name}n `;
  const adds = addresses.length === 0 ? '' : add + addresses.join(`\n${add}`);
  return {
    name,
    base,
    kind,
    family,
    addresses,
    block: `create ${name} ${create}\ncreate ${name}n ${create}\n${adds}\nswap ${name}n ${name}\n`,
    hashed: hashedLines(name, family, addresses),
  };
}
