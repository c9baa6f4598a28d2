import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapse4, collapse6 } from '../../../src/firewall/addresses/collapse.js';
import { finish } from '../../../src/firewall/finish.js';
import { formatNet4, parseNet4 } from '../../../src/firewall/addresses/ipv4.js';
import { formatNet6, parseNet6 } from '../../../src/firewall/addresses/ipv6.js';

function four(...texts: string[]): string[] {
  return finish(collapse4(texts.map(parseNet4))).map(formatNet4);
}
function six(...texts: string[]): string[] {
  return finish(collapse6(texts.map((text) => parseNet6(text) as string))).map(formatNet6);
}

describe('collapse', () => {
  it('drops what is covered and repeated', () => {
    expect(four('10.0.0.5', '10.0.0.0/8', '10.1.0.0/16', '11.0.0.1', '11.0.0.1')).toEqual(['10.0.0.0/8', '11.0.0.1']);
    expect(six('fd00::5', 'fd00::/8', 'fe00::1', 'fe00::1')).toEqual(['fd00::/8', 'fe00::1']);
  });

  it('joins neighbours, again and again', () => {
    expect(four('10.0.0.3', '10.0.0.0', '10.0.0.2', '10.0.0.1')).toEqual(['10.0.0.0/30']);
    expect(six('fd00::3', 'fd00::', 'fd00::2', 'fd00::1')).toEqual(['fd00::/126']);
    expect(six('fd00:0:0:1::/64', 'fd00::/64')).toEqual(['fd00::/63']);
  });

  it('does not join across a boundary', () => {
    expect(four('10.0.0.1', '10.0.0.2')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(six('fd00::1', 'fd00::2')).toEqual(['fd00::1', 'fd00::2']);
  });

  it('gives all addresses as two halves, because a set can hold no /0', () => {
    expect(four('0.0.0.0/0', '10.0.0.1')).toEqual(['0.0.0.0/1', '128.0.0.0/1']);
    expect(four('128.0.0.0/1', '0.0.0.0/1')).toEqual(['0.0.0.0/1', '128.0.0.0/1']);
    expect(six('::/0', 'fd00::1')).toEqual(['::/1', '8000::/1']);
    expect(six('8000::/1', '::/1')).toEqual(['::/1', '8000::/1']);
  });
});

/* A small corner of each address space, counted address by address. */
const CORNER = 6;
const spread4 = fc.record({
  host: fc.nat({ max: 2 ** CORNER - 1 }),
  length: fc.integer({ min: 32 - CORNER, max: 32 }),
});

/** Which of the corner's addresses the nets cover, as bits. */
function cover(nets: readonly { host: number; length: number }[], width: number): bigint {
  let bits = 0n;
  for (const { host, length } of nets) {
    const size = 2 ** (width - length);
    const from = host - (host % size);
    for (let i = from; i < from + size; i += 1) bits |= 1n << BigInt(i);
  }
  return bits;
}

function parsed(text: string, width: number, radix: number): { host: number; length: number } {
  const [address = '', length] = text.split('/');
  const last = address.split(/[.:]/).at(-1) ?? '';
  return { host: last === '' ? 0 : Number.parseInt(last, radix), length: Number(length ?? width) };
}

describe('collapse, for any list', () => {
  it('covers the same addresses, with the fewest nets', () => {
    fc.assert(
      fc.property(fc.array(spread4, { maxLength: 40 }), (nets) => {
        const want = cover(nets, 32);
        const v4 = four(...nets.map(({ host, length }) => `10.0.0.${host}/${length}`)).map((net) =>
          parsed(net, 32, 10),
        );
        expect(cover(v4, 32)).toBe(want);
        const deep = nets.map(({ host, length }) => `fd00::${host.toString(16)}/${length + 96}`);
        const v6 = six(...deep).map((net) => parsed(net, 128, 16));
        expect(cover(v6, 128)).toBe(want);
        expect(v4).toHaveLength(fewest(want, 0, CORNER));
        expect(v6).toHaveLength(fewest(want, 0, CORNER));
      }),
      { numRuns: 500 },
    );
  });
});

/** How many nets it takes to cover exactly these addresses, by halving. */
function fewest(bits: bigint, from: number, log: number): number {
  const all = (1n << BigInt(2 ** log)) - 1n;
  const here = (bits >> BigInt(from)) & all;
  if (here === 0n) return 0;
  if (here === all) return 1;
  return fewest(bits, from, log - 1) + fewest(bits, from + 2 ** (log - 1), log - 1);
}
