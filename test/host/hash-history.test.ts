import { describe, expect, it } from 'vitest';
import { heldAt, periodBegun, periodsOf, withPeriod } from '../../src/host/hash-history.js';
import type { Document } from '../../src/model/document.js';

const GAP = 1800;
const MOST = 3;

/** Reports of one host, one after another; gives its row of the history. */
function reported(...reports: readonly (readonly [at: number, hash: string])[]): Document | undefined {
  let row: Document = { id: 'h' };
  let doc: Document | undefined;
  for (const [at, hash] of reports) {
    const after = {
      id: 'h',
      group: 'web',
      hash4_ipsets: hash,
      hash6_ipsets: '',
      ipset_hash: 's',
      keepalive_timestamp: at,
    };
    const begun = periodBegun(row, after, at, GAP);
    if (!begun.goesOn) doc = withPeriod('key', doc, begun, MOST);
    row = after;
  }
  return doc;
}
function spans(doc: Document | undefined): readonly (readonly unknown[])[] {
  return periodsOf(doc).map(({ from, to, hash4_ipsets: hash }) => [from, to, hash]);
}

describe('what a host held', () => {
  it('is a new period only where a report says something else, or comes after a silence', () => {
    expect(
      spans(reported([100, 'a'], [160, 'a'], [220, 'b'], [280, 'b'], [280 + GAP, 'b'], [2081 + GAP, 'b'])),
    ).toEqual([
      [100, 160, 'a'],
      [220, 280 + GAP, 'b'],
      [2081 + GAP, null, 'b'],
    ]);
  });

  it('is bounded, and the same report twice begins nothing twice', () => {
    const doc = reported([1, 'a'], [2, 'b'], [3, 'c'], [4, 'd']);
    expect(spans(doc)).toEqual([
      [2, 2, 'b'],
      [3, 3, 'c'],
      [4, null, 'd'],
    ]);
    const held = { group: 'web', hash4_ipsets: 'd', hash6_ipsets: '', ipset_hash: 's' };
    expect(spans(withPeriod('key', doc, { at: 4, goesOn: false, before: 3, held }, MOST))).toEqual(spans(doc));
  });

  it('is what the later of two reports of one second says', () => {
    expect(spans(reported([100, 'a'], [160, 'b'], [160, 'c']))).toEqual([
      [100, 100, 'a'],
      [160, null, 'c'],
    ]);
  });

  it('goes on over a restart, and begins where nothing is known of a host that goes on', () => {
    const doc = reported([100, 'a'], [160, 'b']);
    const held = { group: 'web', hash4_ipsets: 'b', hash6_ipsets: '', ipset_hash: 's' };
    const again = { at: 220, goesOn: true, before: 160, held };
    expect(withPeriod('key', doc, again, MOST)).toEqual({ ...doc, id: 'key' });
    expect(spans(withPeriod('key', undefined, again, MOST))).toEqual([[220, null, 'b']]);
  });

  it('is known between two reports that say the same, and in no gap', () => {
    const periods = periodsOf(reported([100, 'a'], [160, 'a'], [220, 'b']));
    const at = (time: number) => heldAt(periods, time, 400)?.hash4_ipsets;
    expect([99, 100, 160, 161, 219, 220, 400, 401].map(at)).toEqual([
      undefined,
      'a',
      'a',
      undefined,
      undefined,
      'b',
      'b',
      undefined,
    ]);
  });

  it('survives a row that is no history', () => {
    for (const periods of [undefined, 7, [null, { from: 'x', to: null }, []]])
      expect(periodsOf({ id: 'h', periods } as never)).toEqual([]);
  });
});
