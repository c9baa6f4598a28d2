import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, sortByBytes } from '../../../src/firewall/hash/byte-order.js';
import { normalizeSets, setsHash } from '../../../src/firewall/ipset/normalize-sets.js';
import { EMPTY_HASH } from '../../../src/firewall/hash/sha256.js';
import { goldenCases } from '../../support/golden-cases.js';

describe('normalizeSets: vectors of the old server', () => {
  const cases = goldenCases<{ text: string }, { normalized: string; hash: string }>('hashes.json').filter(
    (item) => item.kind === 'ipsetHash',
  );
  it.each(cases.map((item) => [item.name, item] as const))('%s', (_name, { input, output }) => {
    expect(normalizeSets(input.text)).toBe(output.normalized);
    expect(setsHash(input.text)).toBe(output.hash);
  });
});

function byTheBook(text: string): string {
  return text
    .split('\n')
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .filter((line) => line.startsWith('add '))
    .map((line) => line.replace(/n /g, ' ').replace(/\/32/g, '').replace(/\/128/g, '').replace(/ +$/, ''))
    .join('\n');
}

describe('normalizeSets', () => {
  it('does what the steps of the protocol say, for any text', () => {
    const piece = fc.constantFrom('add ', 'n', ' ', '/32', '/1', '28', '/128', '\n', 'x', 'é', '\u{1f600}', '\uff00');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (sample) => {
        expect(normalizeSets(sample)).toBe(byTheBook(sample));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives what was sent and what is saved one hash', () => {
    const sent = ['create web_gv4n hash:net', 'add web_gv4n 10.0.0.2/32', 'add web_gv4n 10.0.0.10/32'];
    const hash = '34b37cea6fd7f0c3ab1f64abcd1f06cd10b55fd63febca3cfc8ae3c469348d6c';
    expect(setsHash([...sent, 'add web_gv4n 192.168.0.0/16', 'swap web_gv4n web_gv4', ''].join('\n'))).toBe(hash);
    expect(setsHash('add web_gv4 192.168.0.0/16\nadd web_gv4 10.0.0.10\nadd web_gv4 10.0.0.2\n')).toBe(hash);
    expect(setsHash('')).toBe(EMPTY_HASH);
  });
});

describe('byte order', () => {
  it('follows UTF-8 where JavaScript strings do not', () => {
    expect(compareBytes('\u{1f600}', '\uff00')).toBe(1);
    expect(sortByBytes(['\u{1f600}', '\uff00', 'a'])).toEqual(['a', '\uff00', '\u{1f600}']);
  });

  it('is the order of the bytes for any two texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
