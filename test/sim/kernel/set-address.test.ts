import { describe, expect, it } from 'vitest';
import { savedAddress } from '../../../src/sim/kernel/set-address.js';

describe('savedAddress', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1/32', '10.0.0.1'],
    ['10.1.2.3/24', '10.1.2.0/24'],
    ['10.1.2.3/9', '10.0.0.0/9'],
    ['200.1.2.3/1', '128.0.0.0/1'],
    ['010.1.1.1', '8.1.1.1'],
    ['0.0.0.0', '0.0.0.0'],
  ])('prints the IPv4 entry %s as %s', (text, saved) => expect(savedAddress(text, 'inet')).toBe(saved));

  it.each([
    '0.0.0.0/0',
    '10.0.0.1/33',
    '999.1.1.1',
    '10.0.0',
    '10.0.0.1/',
    '10.0.0.1/24/8',
    '',
    'web',
    '::1',
    '080.1.1.1',
  ])('refuses the IPv4 entry %j', (text) => expect(savedAddress(text, 'inet')).toBeUndefined());

  it.each([
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['::1', '::1'],
    ['::', '::'],
    ['::ffff:a00:1', '::ffff:10.0.0.1'],
    ['::10.0.0.1', '::10.0.0.1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['ffff::/1', '8000::/1'],
  ])('prints the IPv6 entry %s as %s', (text, saved) => expect(savedAddress(text, 'inet6')).toBe(saved));

  it.each([
    '::/0',
    '::1/129',
    'fe80::1%eth0',
    '1::2::3',
    '1:2:3',
    '12345::',
    '10.0.0.1',
    ':1',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
  ])('refuses the IPv6 entry %j', (text) => expect(savedAddress(text, 'inet6')).toBeUndefined());
});
