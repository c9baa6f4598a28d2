import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressFaults, readAddress } from '../../../src/firewall/addresses/canonical-address.js';
import { fullText } from '../../../src/firewall/addresses/full-text.js';

function spelled(text: string, family: 'v4' | 'v6'): string {
  const read = readAddress(text, family);
  return read.ok ? `${read.address}/${read.length}` : read.reason;
}

describe('IPv4', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1/32'],
    ['10.1.2.3/24', '10.1.2.0/24'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['0.0.0.0', '0.0.0.0/32'],
  ])('%s is %s', (text, canonical) => {
    expect(spelled(text, 'v4')).toBe(canonical);
    expect(fullText(text, 'v4')).toBe(canonical);
  });

  it.each([
    ['010.1.1.1', /leading zero.*octal/],
    ['1.1.1.00', /leading zero/],
    ['999.1.1.1', /999 is over 255/],
    ['256.1.1.1', /256 is over 255/],
    ['1.2.3.4/33', /prefix length '33'/],
    ['1.2.3.4/08', /prefix length '08'/],
    ['1.2.3.4/', /prefix length ''/],
    ['1.2.3.4/a', /prefix length 'a'/],
    ['1.2.3.4/-1', /prefix length '-1'/],
    ['1.2.3.4/24/24', /prefix length '24\/24'/],
    ['', /empty/],
    ['10.0.0.1 ', /blank or a control/],
    ['10.0.0.1\n', /blank or a control/],
    ['10.0.0.1\ndestroy x', /blank or a control/],
    ['fd00::1', /other family/],
    ['1.2.3', /is not an IPv4 address/],
    ['1.2.3.4.5', /is not an IPv4 address/],
    ['1..2.3', /is not an IPv4 address/],
    ['.1.2.3', /is not an IPv4 address/],
    ['1.2.3.', /is not an IPv4 address/],
    ['0x1.2.3.4', /is not an IPv4 address/],
    ['1.2.3.4-1.2.3.9', /is not an IPv4 address/],
    ['١.2.3.4', /is not an IPv4 address/],
    ['host.example', /is not an IPv4 address/],
  ])('refuses %j and says why', (text, reason) => {
    expect(spelled(text, 'v4')).toMatch(reason);
    expect(fullText(text, 'v4')).toBeUndefined();
  });
});

describe('IPv6', () => {
  it.each([
    ['2001:DB8:0:0::1', '2001:db8::1/128'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['::', '::/128'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['1::', '1::/128'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/1', '8000::/1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0/128'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8/128'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3/128'],
    ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4/128'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7/128'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1/128'],
    ['::FFFF:a00:1', '::ffff:10.0.0.1/128'],
    ['::ffff:0:0/96', '::ffff:0.0.0.0/96'],
    ['::ffff:a00:1/112', '::ffff:10.0.0.0/112'],
    ['::1.2.3.4', '::1.2.3.4/128'],
    ['::1:0', '::0.1.0.0/128'],
    ['::1:2:3', '::1:2:3/128'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304/128'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1/128'],
    ['00ab::0001', 'ab::1/128'],
  ])('%s is %s', (text, canonical) => {
    expect(spelled(text, 'v6')).toBe(canonical);
    expect(fullText(text, 'v6')).toBe(canonical);
  });

  it.each([
    ['fe80::1%eth0', /zone/],
    ['2001:db8::/129', /prefix length '129'/],
    ['10.0.0.1', /other family/],
    ['::ffff:010.0.0.1', /leading zero/],
    ['::ffff:300.0.0.1', /300 is over 255/],
    [':::', /is not an IPv6 address/],
    [':1::2', /is not an IPv6 address/],
    ['1::2:', /is not an IPv6 address/],
    ['1::2::3', /is not an IPv6 address/],
    ['12345::', /is not an IPv6 address/],
    ['fd00::g', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:8:9', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:8::', /is not an IPv6 address/],
    ['1:2:3:4:5:6:7:1.2.3.4', /is not an IPv6 address/],
    ['::1.2.3', /is not an IPv6 address/],
    ['::1.2.3.4:5', /is not an IPv6 address/],
    ['[::1]', /is not an IPv6 address/],
    ['nope', /is not an IPv6 address/],
  ])('refuses %j and says why', (text, reason) => {
    expect(spelled(text, 'v6')).toMatch(reason);
    expect(fullText(text, 'v6')).toBeUndefined();
  });
});

describe('any address', () => {
  const word = fc.nat({ max: 0xffff }).chain((n) => fc.constantFrom(0, 0, 0xffff, n));
  const groups = fc.array(word, { minLength: 8, maxLength: 8 });

  it('is read back from its canonical text as it is', () => {
    fc.assert(
      fc.property(groups, fc.nat({ max: 128 }), (words, length) => {
        const long = `${words.map((n) => n.toString(16).padStart(4, '0').toUpperCase()).join(':')}/${length}`;
        const canonical = spelled(long, 'v6');
        expect(spelled(canonical, 'v6')).toBe(canonical);
        // The judge: the same bits, worked out on one big number.
        const bits = words.reduce((sum, n) => (sum << 16n) | BigInt(n), 0n);
        const host = 128n - BigInt(length);
        const base = (bits >> host) << host;
        expect(valueOf(canonical)).toEqual([base, length]);
      }),
    );
  });
});

/** Reads canonical text the slow way. */
function valueOf(text: string): [bigint, number] {
  const [address = '', length] = text.split('/');
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((n) => n.toString(16)).join(':'),
  );
  const [head = '', tail] = hex.split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = words(head);
  const after = tail === undefined ? [] : words(tail);
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return [all.reduce((sum, n) => (sum << 16n) | BigInt(`0x${n}`), 0n), Number(length)];
}

describe('addressFaults', () => {
  it('names every bad element', () => {
    expect(addressFaults(['10.0.0.1', '1.2.3.4/33', 'x'], 'v4')).toMatchObject([
      { index: 1, element: '1.2.3.4/33' },
      { index: 2, element: 'x' },
    ]);
  });
});
