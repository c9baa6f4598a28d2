import { describe, expect, it } from 'vitest';
import { checkInterfaces } from '../../../src/firewall/addresses/check-interfaces.js';
import { hostAddress } from '../../../src/firewall/addresses/host-address.js';
import { interfaceAddresses } from '../../../src/firewall/addresses/interface-addresses.js';

function text(...addresses: unknown[]): string {
  return JSON.stringify({ eth0: addresses });
}

describe('an address that a host reports', () => {
  it.each([
    ['10.0.0.1', { kind: 'v4', text: '10.0.0.1/32' }],
    ['10.0.0.1/32', { kind: 'v4', text: '10.0.0.1/32' }],
    ['169.254.1.1', { kind: 'v4', text: '169.254.1.1/32' }],
    ['FD00::2', { kind: 'v6', text: 'fd00::2/128' }],
    ['2001:db8::1/128', { kind: 'v6', text: '2001:db8::1/128' }],
    ['127.0.0.53', { kind: 'local' }],
    ['::1', { kind: 'local' }],
    ['fe80::dc50:16ff:fee0:d764', { kind: 'local' }],
    ['fe80::1%eth0', { kind: 'local' }],
    ['febf::1%br-0123456789ab', { kind: 'local' }],
  ] as const)('%s is taken', (address, judged) => {
    expect(hostAddress(address)).toEqual(judged);
    expect(checkInterfaces(text(address), 256)).toBeUndefined();
  });

  it.each([
    ['0.0.0.0/0', 'whole network'],
    ['0.0.0.0/1', 'whole network'],
    ['128.0.0.0/1', 'whole network'],
    ['10.0.0.0/8', 'whole network'],
    ['10.0.0.5/24', 'whole network'],
    ['10.0.0.4/31', 'whole network'],
    ['127.0.0.1/8', 'whole network'],
    ['2000::/3', 'whole network'],
    ['::/0', 'whole network'],
    ['::/1', 'whole network'],
    ['fe80::1/64', 'whole network'],
    ['2001:db8::2/127', 'whole network'],
    ['0.0.0.0', '0.0.0.0/8'],
    ['0.1.2.3', '0.0.0.0/8'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250/32', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['0:0::0', 'unspecified'],
    ['ff02::1', 'multicast'],
    ['FF0E::1/128', 'multicast'],
    ['::ffff:10.0.0.1', 'IPv4 address'],
    ['2001:db8::1%eth0', 'zone'],
    ['010.0.0.1', 'leading zero'],
    ['10.0.0.1/255.255.255.0', 'prefix length'],
    ['10.0.0.1-10.0.0.9', 'IPv4'],
    ['10.0.0.1\ndestroy x', 'U+000A'],
    ['10.0.0.1\u202e', 'U+202E'],
    ['web.example.net', 'IPv4'],
  ])('%s is refused by name and enters no set', (address, reason) => {
    expect(hostAddress(address).kind).toBe('refused');
    expect(checkInterfaces(text('10.0.0.1', address), 256)).toContain(reason);
    for (const dialect of ['dog1', 'dog2'] as const) {
      expect(interfaceAddresses(text('10.0.0.1', address, 'fd00::1'), dialect)).toMatchObject({
        v4: ['10.0.0.1/32'],
        v6: ['fd00::1/128'],
      });
    }
  });

  it.each(['[]', '', '{}', '{"eth0":[]}', '{"ec2_public_ipv4":[]}', '{"ec2_public_ipv4":[""]}'])(
    '%j says that there is none',
    (interfaces) => expect(checkInterfaces(interfaces, 256)).toBeUndefined(),
  );

  it.each([
    '{"eth0": [',
    '"text"',
    '7',
    'null',
    '["10.0.0.1"]',
    '{"eth0":"10.0.0.1"}',
    '{"eth0":[1]}',
    '{"eth0":null}',
  ])('%j is refused', (interfaces) => expect(checkInterfaces(interfaces, 256)).toBeTypeOf('string'));

  it('is refused under an interface name with a hidden character, also one that JSON escapes', () => {
    expect(checkInterfaces('{"eth\\u202e0":[]}', 256)).toContain('U+202E');
  });

  it('says of a stored row which address is left out of sets', () => {
    expect(interfaceAddresses(text('0.0.0.0/0', '10.0.0.1'), 'dog2').fault).toContain('"0.0.0.0/0"');
  });
});

describe('how many addresses one host may have', () => {
  const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
  it('local addresses and repeats do not count', () => {
    const links = Array.from({ length: 2000 }, (_, i) => `fe80::${(i + 1).toString(16)}`);
    expect(checkInterfaces(text(...many(256), ...links, ...many(256)), 256)).toBeUndefined();
    expect(checkInterfaces(text(...many(257)), 256)).toContain('257 addresses');
  });
  it('a stored row lends no more to sets, and says so', () => {
    const read = interfaceAddresses(text(...many(14_000)), 'dog2', 256);
    expect(read.v4).toHaveLength(256);
    expect(read.fault).toContain('more than 256 addresses');
  });
});
