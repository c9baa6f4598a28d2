import type { AddressBook } from './address-book.js';
import { union } from './address-set.js';
import type { Cell } from './diagram.js';
import { isIcmp } from './protocols.js';
import { joinRanges, MOST } from './ranges.js';
import type { Box } from './region.js';
import type { Range } from './ruleset.js';

type Part = keyof Box;

function isWhole(ranges: readonly Range[]): boolean {
  return ranges.length === 1 && ranges[0]?.[0] === 0 && ranges[0][1] === MOST;
}

/** Ports of one protocol and ICMP types of another are different things, although both are numbers. */
function meaning({ protocols, selectors, sports }: Box): string {
  if (isWhole(selectors) && isWhole(sports)) return 'whole';
  return isIcmp(protocols.indexOf(1)) ? 'types' : 'ports';
}

/** Boxes between two pauses. */
const A_STEP = 128;

const maskTexts = new WeakMap<Uint8Array, string>();
function maskText(mask: Uint8Array): string {
  let text = maskTexts.get(mask);
  if (text === undefined) maskTexts.set(mask, (text = mask.join('')));
  return text;
}

const JOINED: { readonly [P in Part]: (a: Box[P], b: Box[P]) => Box[P] } = {
  states: (a, b) => a | b,
  interfaces: (a, b) => [...a, ...b].sort((x, y) => x - y),
  protocols: (a, b) => a.map((bit, at) => bit | (b[at] as number)),
  selectors: (a, b) => joinRanges([...a, ...b]),
  sports: (a, b) => joinRanges([...a, ...b]),
  src: union,
  dst: union,
};

/**
 * Joins boxes that differ in one member only and have equal leaves, until there are none, with pauses. What is left is as
 * disjoint as before.
 * @param leafKey equal for leaves that may be joined; the first one stays.
 */
export function* mergeCells<Leaf>(
  cells: readonly Cell<Leaf>[],
  book: AddressBook,
  leafKey: (leaf: Leaf) => string,
): Generator<void, readonly Cell<Leaf>[]> {
  const keyOf: { readonly [P in Part]: (box: Box) => string } = {
    states: (box) => String(box.states),
    interfaces: (box) => box.interfaces.join(),
    protocols: (box) => maskText(box.protocols),
    selectors: (box) => box.selectors.join(';'),
    sports: (box) => box.sports.join(';'),
    src: (box) => String(book.id(box.src)),
    dst: (box) => String(book.id(box.dst)),
  };
  const parts = Object.keys(JOINED) as Part[];
  const join = <P extends Part>(part: P, a: Box, b: Box): Box => {
    const joined = JOINED[part](a[part], b[part]);
    return { ...a, [part]: joined };
  };
  let left = cells;
  for (let changed = true; changed;) {
    changed = false;
    for (const part of [...parts].reverse()) {
      const others = parts.filter((other) => other !== part);
      const groups = new Map<string, Cell<Leaf>>();
      let done = 0;
      for (const cell of left) {
        done += 1;
        if (done % A_STEP === 0) yield;
        const key = [
          leafKey(cell.leaf),
          part === 'protocols' ? meaning(cell.box) : '',
          ...others.map((other) => keyOf[other](cell.box)),
        ].join('|');
        const group = groups.get(key);
        groups.set(key, group === undefined ? cell : { ...group, box: join(part, group.box, cell.box) });
      }
      if (groups.size < left.length) changed = true;
      left = [...groups.values()];
    }
  }
  return left;
}
