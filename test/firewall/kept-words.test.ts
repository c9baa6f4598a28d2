import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptWords } from '../../src/firewall/kept-words.js';
import { PEER_SETS } from '../../src/firewall/rules/peer-set.js';
import { setName } from '../../src/firewall/sets/set-name.js';

describe('kept words', () => {
  const make = (word: string): { readonly said: string } => ({ said: `${word}!` });

  it('are what a fresh computation gives, whatever was asked before', () => {
    const word = fc.oneof(
      fc.constantFrom('', 'a', 'b', 'ab'),
      fc.string(),
      fc.string({ minLength: 250, maxLength: 270 }),
    );
    fc.assert(
      fc.property(fc.array(word), fc.nat({ max: 5000 }), (words, others) => {
        const kept = keptWords(make);
        for (const each of words) expect(kept(each)).toEqual(make(each));
        for (let at = 0; at < others; at += 1) kept(`other ${at}`);
        for (const each of words) expect(kept(each)).toEqual(make(each));
      }),
    );
  });

  it('are made once, until too many are kept', () => {
    let made = 0;
    const kept = keptWords((word) => {
      made += 1;
      return make(word);
    });
    for (let at = 0; at < 4096; at += 1) kept(`${at}`);
    for (let at = 0; at < 4096; at += 1) kept(`${at}`);
    expect(made).toBe(4096);
    kept('one more');
    kept('0');
    expect(made).toBe(4098);
    kept('long'.repeat(100));
    kept('long'.repeat(100));
    expect(made).toBe(4100);
  });

  it('are kept as many as is asked for', () => {
    let made = 0;
    const kept = keptWords((word) => {
      made += 1;
      return make(word);
    }, 2);
    for (const word of ['a', 'b', 'a', 'b', 'c', 'a']) expect(kept(word)).toEqual(make(word));
    expect(made).toBe(4);
  });

  it('of the sets of 10,000 groups are made once', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `once${n}`);
    const first = names.map((name) => PEER_SETS.group(name));
    expect(names.every((name, n) => PEER_SETS.group(name) === first[n])).toBe(true);
  });

  it('name the sets of groups and zones apart', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        for (const name of [...names, ...names])
          for (const kind of ['group', 'zone'] as const)
            for (const family of ['v4', 'v6'] as const) {
              expect(PEER_SETS[kind](name)[family]).toEqual({ kind: 'set', name: setName(name, kind, family) });
            }
      }),
    );
  });
});
