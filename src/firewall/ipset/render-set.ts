import { type Family, WIDTH } from '../addresses/family.js';
import type { RenderedSet } from '../printer.js';
import { type SetKind, setName } from '../sets/set-name.js';
import { A_STEP, joinInSteps, mapInSteps, sortTextsInSteps } from '../steps.js';

const INET: Readonly<Record<Family, string>> = { v4: 'inet', v6: 'inet6' };

/**
 * The `add` lines that the kernel gives back, sorted as an agent sorts them, then shortened as it shortens them. The
 * kernel prints no `/32` of v4 and no `/128`; a v6 `/32` it does print, and the hash takes it away.
 */
function* hashedLines(name: string, family: Family, addresses: readonly string[]): Generator<void, string> {
  if (addresses.length === 0) return '';
  const host = `/${WIDTH[family]}`;
  const saved = yield* mapInSteps(addresses, (text) => (text.endsWith(host) ? text.slice(0, -host.length) : text));
  const sorted = yield* sortTextsInSteps(saved);
  const start = `add ${name} `;
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; at += A_STEP) {
    const lines = start + sorted.slice(at, at + A_STEP).join(`\n${start}`);
    // Nothing that goes away reaches over the end of a line.
    parts.push(lines.replaceAll('/32', '').replaceAll('/128', ''));
    yield;
  }
  return parts.join('\n');
}

/**
 * Renders one set, with pauses (docs/rulesets.md#the-text-of-the-sets): its block is its `create`, `add` and `swap` lines, a line feed
 * at the end; what is hashed is what is left of the lines that `ipset save` prints for it, without one. `addresses` are a
 * `CanonicalSet`'s; none leave one empty line.
 */
export function* renderSet(
  base: string,
  kind: SetKind,
  family: Family,
  addresses: readonly string[],
): Generator<void, RenderedSet> {
  const name = setName(base, kind, family);
  const create = `hash:net family ${INET[family]} -exist`;
  const add = `add ${name}n `;
  const adds = addresses.length === 0 ? '' : add + (yield* joinInSteps(addresses, `\n${add}`));
  return {
    name,
    base,
    kind,
    family,
    addresses,
    block: `create ${name} ${create}\ncreate ${name}n ${create}\n${adds}\nswap ${name}n ${name}\n`,
    hashed: yield* hashedLines(name, family, addresses),
  };
}
