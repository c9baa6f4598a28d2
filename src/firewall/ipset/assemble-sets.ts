import type { Family } from '../addresses/family.js';
import { sortedByBytes } from '../hash/byte-order.js';
import { SegmentDigest } from '../hash/segment-digest.js';
import type { RenderedSet, SetsDigests, SetsText } from '../printer.js';

const FAMILIES: readonly Family[] = ['v4', 'v6'];

const LINE_FEED = Buffer.from('\n');

/**
 * Puts sets together (docs/rulesets.md#the-text-of-the-sets): the texts of v4 then v6, zones before groups, then
 * `flush` and `destroy` of the work copies, parts separated by empty lines; sets in byte order of their base names. The
 * buffers of the sets themselves, so that nothing is copied.
 */
export function setsText(sets: readonly RenderedSet[]): readonly Buffer[] {
  const sorted = sortedByBytes(sets, ({ base }) => base);
  const of = (family: Family, kind: RenderedSet['kind']): readonly RenderedSet[] =>
    sorted.filter((set) => set.family === family && set.kind === kind);
  const parts = FAMILIES.map((family) => [of(family, 'zone'), of(family, 'group')] as const);
  const texts = parts.flatMap(([zones, groups]) => [
    ...zones.flatMap(({ text }) => text),
    LINE_FEED,
    ...groups.flatMap(({ text }) => text),
    LINE_FEED,
  ]);
  const forEach = (line: (set: RenderedSet) => string): string =>
    parts.map((kinds) => kinds.map((kind) => kind.map(line).join('')).join('\n')).join('\n');
  const flush = forEach(({ name }) => `flush ${name}n\n`);
  const destroy = forEach(({ name }) => `destroy ${name}n\n`);
  return [...texts, Buffer.from(`${flush}\n${destroy}`)];
}

/** What the hash of `ipset save` is made from, in order, with a line feed before the first line. */
function savedLines(sets: readonly RenderedSet[]): readonly Buffer[] {
  return sortedByBytes(sets, ({ name }) => name).flatMap(({ hashed }) => hashed);
}

/** Of each block without its line feed at the begin: the first of all lines has none before it. */
const withoutLineFeed = new WeakMap<Buffer, Buffer>();

function asFirst(block: Buffer): Buffer {
  const known = withoutLineFeed.get(block) ?? block.subarray(1);
  withoutLineFeed.set(block, known);
  return known;
}

/**
 * The hash of what `ipset save` will print. It is not always the hash of the text itself: agents
 * sort lines before they shorten them, the text has `web_gv4n` where the kernel has `web_gv4`, and so sets whose names
 * begin the same (`main_gv4`, `main_gv4_gv4`) come in another order (docs/protocol.md#sorting-comes-before-shortening).
 * Set names hold nothing below U+0021, so that the order of the names is the order of their lines.
 */
export function savedHash(
  sets: readonly RenderedSet[],
  digest: SegmentDigest = new SegmentDigest(),
): Generator<void, string> {
  const [first, ...others] = savedLines(sets);
  return digest.of(first === undefined ? [] : [asFirst(first), ...others]);
}

/**
 * Text and hash of all sets together, with pauses. `digests` know those of the time before, so that as much as is the
 * same from the first byte on is not hashed again.
 */
export function* assembleSets(
  sets: readonly RenderedSet[],
  digests: SetsDigests = { text: new SegmentDigest(), saved: new SegmentDigest() },
): Generator<void, SetsText> {
  const segments = setsText(sets);
  yield;
  const sha = yield* digests.text.of(segments);
  const hash = yield* savedHash(sets, digests.saved);
  return {
    segments,
    get text() {
      return Buffer.concat(segments).toString();
    },
    sha,
    hash,
  };
}
