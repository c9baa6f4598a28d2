import { describe, expect, it } from 'vitest';
import {
  mergeRules,
  openRules,
  resolvedRules,
  type RuleMerge,
  type Side,
} from '../../src/console/pages/policy/merge/merge-rules.js';
import type { JsonObject } from '../../src/model/document.js';

/** A rule that is told by its comment. */
function rule(comment: string, parts: JsonObject = {}): JsonObject {
  return { action: 'ACCEPT', active: true, group_type: 'ANY', group: 'any', service: 'ssh', comment, ...parts };
}

const [a, b, c, d] = [rule('a'), rule('b', { service: 'http' }), rule('c', { service: 'dns' }), rule('d')];
const BASE = [a, b, c];

function resolved(merge: RuleMerge, choices: Readonly<Record<string, Side>> = {}): readonly JsonObject[] {
  return resolvedRules(merge, new Map(Object.entries(choices)));
}

function open(merge: RuleMerge): readonly string[] {
  return openRules(merge, new Map());
}

/** Both ways round the same comes out, but that who is who. */
function bothWays(theirs: readonly JsonObject[], mine: readonly JsonObject[], wanted: readonly JsonObject[]): void {
  for (const merge of [mergeRules(BASE, theirs, mine), mergeRules(BASE, mine, theirs)]) {
    expect(resolved(merge)).toEqual(wanted);
    expect(open(merge)).toEqual([]);
  }
}

describe('rules that two people changed at once', () => {
  it('are as one of them wants where the other did nothing', () => {
    bothWays(BASE, BASE, BASE);
    bothWays(BASE, [a, { ...b, action: 'DROP' }, c], [a, { ...b, action: 'DROP' }, c]);
    bothWays(BASE, [a, c], [a, c]);
    bothWays(BASE, [a, b, d, c], [a, b, d, c]);
    bothWays(BASE, [c, a, b], [c, a, b]);
    bothWays(BASE, [], []);
  });

  it('go together where they are different rules, next to each other too', () => {
    bothWays(
      [{ ...a, action: 'DROP' }, b, c],
      [a, { ...b, active: false }, c],
      [{ ...a, action: 'DROP' }, { ...b, active: false }, c],
    );
    bothWays([b, c], [a, b, { ...c, log: true }], [b, { ...c, log: true }]);
    bothWays([a, b, c, d], [c, a, b], [c, d, a, b]);
  });

  it('go together where they are different fields of one rule', () => {
    const merge = mergeRules(BASE, [{ ...a, action: 'DROP' }, b, c], [{ ...a, service: 'rsync' }, b, c]);
    expect(resolved(merge)).toEqual([{ ...a, action: 'DROP', service: 'rsync' }, b, c]);
    expect(merge.rules[0]?.state).toBe('both');
  });

  it('have to be chosen where both changed one field, or one removed what the other changed', () => {
    const merge = mergeRules(BASE, [{ ...a, action: 'DROP' }, b, c], [{ ...a, action: 'REJECT' }, b, c]);
    expect(open(merge)).toEqual(['b0']);
    expect(resolved(merge, { b0: 'theirs' })).toEqual([{ ...a, action: 'DROP' }, b, c]);
    expect(resolved(merge, { b0: 'mine' })).toEqual([{ ...a, action: 'REJECT' }, b, c]);
    const gone = mergeRules(BASE, [b, c], [{ ...a, action: 'DROP' }, b, c]);
    expect(open(gone)).toEqual(['b0']);
    expect(resolved(gone, { b0: 'theirs' })).toEqual([b, c]);
    expect(resolved(gone, { b0: 'mine' })).toEqual([{ ...a, action: 'DROP' }, b, c]);
    const kept = mergeRules(BASE, [{ ...c, action: 'DROP' }, a, b], [a, b]);
    expect(open(kept)).toEqual(['b2']);
    expect(resolved(kept, { b2: 'theirs' })).toEqual([{ ...c, action: 'DROP' }, a, b]);
  });

  it('that both added at one place stand one behind the other, theirs first; the same one stands once', () => {
    const e = rule('e', { group_type: 'ZONE', group: 'office', service: 'rsync', action: 'DROP' });
    expect(resolved(mergeRules(BASE, [a, d, b, c], [a, e, b, c]))).toEqual([a, d, e, b, c]);
    expect(resolved(mergeRules(BASE, [e, ...BASE], [d, ...BASE]))).toEqual([e, d, ...BASE]);
    expect(resolved(mergeRules(BASE, [...BASE, d], [...BASE, d]))).toEqual([...BASE, d]);
    expect(resolved(mergeRules([], [d], [e]))).toEqual([d, e]);
  });

  it('have the order of who moved them; where both did, that of who is chosen', () => {
    const [theirs, mine] = [
      [c, a, b],
      [b, a, c],
    ];
    expect(mergeRules(BASE, theirs, mine).order).toBe('conflict');
    expect(resolved(mergeRules(BASE, theirs, mine, 'theirs'))).toEqual(theirs);
    expect(resolved(mergeRules(BASE, theirs, mine, 'mine'))).toEqual(mine);
    expect(mergeRules(BASE, theirs, [a, b, c, d]).order).toBe('theirs');
    expect(resolved(mergeRules(BASE, theirs, [a, b, c, d]))).toEqual([c, d, a, b]);
    expect(mergeRules(BASE, theirs, theirs).order).toBe('same');
    expect(resolved(mergeRules(BASE, theirs, theirs))).toEqual(theirs);
  });

  it('that are equal to each other are told apart by where they are', () => {
    const twins = [a, a, b];
    expect(resolved(mergeRules(twins, [a, b], [a, a, b, d]))).toEqual([a, b, d]);
  });

  it('come out the same whatever was done to them by one, for many lists made by chance', () => {
    let seed = 7;
    const chance = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 300; round++) {
      const base = Array.from({ length: chance(6) }, (_, at) => rule(`r${at}`, { service: `s${chance(3)}` }));
      const other = [...base];
      for (let edit = chance(4); edit > 0; edit--) {
        const at = chance(other.length + 1);
        const what = chance(4);
        if (what === 0) other.splice(at, 0, rule(`n${round}.${edit}`));
        else if (what === 1) other.splice(at, 1);
        else if (what === 2 && other[at] !== undefined) other[at] = { ...other[at], action: 'DROP' };
        else if (other[at] !== undefined) other.unshift(...other.splice(at, 1));
      }
      expect(resolved(mergeRules(base, other, base))).toEqual(other);
      expect(resolved(mergeRules(base, base, other))).toEqual(other);
      expect(resolved(mergeRules(base, other, other))).toEqual(other);
    }
  });
});
