import { type Family, WIDTH } from '../addresses/family.js';
import type { RenderedSet } from '../printer.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { type SetKind, setName } from '../sets/set-name.js';
import { mapInSteps, sortTextsInSteps } from '../steps.js';
import { type BlockedLines, blockedLines } from '../sets/blocked-lines.js';

const INET: Readonly<Record<Family, string>> = { v4: 'inet', v6: 'inet6' };

/** The lines of a set in its text, and in a host's output. */
interface Lines {
  readonly text: BlockedLines;
  readonly saved: BlockedLines;
}

/** What the next rendering of a set begins from, by the former one: kept as long as that is, which never changes. */
const linesOf = new WeakMap<RenderedSet, Lines>();

/**
 * The addresses that the kernel gives back, sorted as an agent sorts them: it prints no `/32` of v4 and no `/128`. The
 * same list where none of them has one and they are in order.
 */
function* savedAddresses(
  family: Family,
  addresses: readonly string[],
  before: Lines | undefined,
): Generator<void, readonly string[]> {
  const host = `/${WIDTH[family]}`;
  const { head, tail } =
    before?.saved.list === before?.text.list ? sharedEnds(before?.text.list ?? [], addresses) : { head: 0, tail: 0 };
  // The first of the shared end counts too, as it may come before its new neighbour.
  const changed = addresses.slice(Math.max(0, head - 1), addresses.length - tail + 1);
  if (changed.every((text, at) => !text.endsWith(host) && text > (changed[at - 1] ?? ''))) return addresses;
  const saved = yield* mapInSteps(addresses, (text) => (text.endsWith(host) ? text.slice(0, -host.length) : text));
  return yield* sortTextsInSteps(saved);
}

/** The `add` lines that the kernel gives back as an agent shortens them, each after a line feed. A v6 `/32` is printed. */
function savedLines(name: string): (addresses: readonly string[]) => string {
  const add = `\nadd ${name} `;
  // Nothing that goes away reaches over the end of a line.
  return (addresses) => (add + addresses.join(add)).replaceAll('/32', '').replaceAll('/128', '');
}

function addLines(name: string): (addresses: readonly string[]) => string {
  const add = `add ${name}n `;
  return (addresses) => `${add}${addresses.join(`\n${add}`)}\n`;
}

function textOf(name: string, family: Family, { blocks }: BlockedLines): readonly Buffer[] {
  const create = `hash:net family ${INET[family]} -exist`;
  const begin = Buffer.from(`create ${name} ${create}\ncreate ${name}n ${create}\n`);
  // A set without addresses has an empty line.
  const end = Buffer.from(`${blocks.length === 0 ? '\n' : ''}swap ${name}n ${name}\n`);
  const parts = [begin, ...blocks.map(({ bytes }) => bytes), end];
  // Of thousands of small sets, each is one buffer.
  return blocks.length > 1 ? parts : [Buffer.concat(parts)];
}

/**
 * Renders one set, with pauses (docs/rulesets.md#the-text-of-the-sets): its text is its `create`, `add` and `swap` lines, a line feed
 * at the end; what is hashed is what is left of the lines that `ipset save` prints for it, each after a line feed.
 * `addresses` are a `CanonicalSet`'s; none leave one empty line. Lines of addresses that `before`, the same set as it was
 * rendered formerly, shares with it at the begin and the end are taken over.
 */
export function* renderSet(
  base: string,
  kind: SetKind,
  family: Family,
  addresses: readonly string[],
  before?: RenderedSet,
): Generator<void, RenderedSet> {
  const name = setName(base, kind, family);
  if (before?.name === name && before.addresses === addresses) return before;
  const former = before?.name === name ? linesOf.get(before) : undefined;
  const lines = yield* blockedLines(addresses, addLines(name), former?.text);
  const list = yield* savedAddresses(family, addresses, former);
  const saved = yield* blockedLines(list, savedLines(name), former?.saved);
  const hashed = saved.blocks.map(({ bytes }) => bytes);
  const set: RenderedSet = { name, base, kind, family, addresses, text: textOf(name, family, lines), hashed };
  linesOf.set(set, { text: lines, saved });
  return set;
}
