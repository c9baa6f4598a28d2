import { describe, expect, it } from 'vitest';
import { interfaceAddresses } from '../../../src/firewall/addresses/interface-addresses.js';
import { isLocalAddress } from '../../../src/firewall/addresses/local-address.js';
import { goldenCases } from '../../support/golden-cases.js';

describe('isLocalAddress', () => {
  const cases = goldenCases<{ addresses: string[] }, { removeLocal: string[] }>('addresses.json');
  it.each(cases.map((item) => [item.name, item] as const))('%s: removes what the old server removed', (_name, item) => {
    expect(item.input.addresses.filter((text) => !isLocalAddress(text, 'dog1'))).toEqual(item.output.removeLocal);
  });

  it('sees through masks and spellings in dog2', () => {
    const local = ['127.0.0.1/8', '::1/128', 'fe80:0::1', 'febf::1', 'fe80::1/64'];
    expect(local.filter((text) => !isLocalAddress(text, 'dog2'))).toEqual([]);
    const foreign = ['128.0.0.1', '::2', '::', 'fec0::1', 'fd00::1', 'junk'];
    expect(foreign.filter((text) => isLocalAddress(text, 'dog2'))).toEqual([]);
  });

  it('takes hostile text in no time', () => {
    for (const text of ['0:'.repeat(500_000), '0'.repeat(1_000_000), '127'.repeat(300_000)]) {
      expect(isLocalAddress(text, 'dog2')).toBe(false);
    }
  });
});

describe('interfaceAddresses', () => {
  it('reads all interfaces, without local addresses', () => {
    const interfaces = {
      lo: ['127.0.0.1', '::1'],
      eth0: ['10.0.0.2', 'FD00::2', 'fe80::2'],
      ec2_public_ipv4: ['1.2.3.4'],
    };
    expect(interfaceAddresses(JSON.stringify(interfaces), 'dog1')).toEqual({
      v4: ['10.0.0.2/32', '1.2.3.4/32'],
      v6: ['fd00::2/128'],
      skipped: 0,
    });
  });

  it('skips junk with a count and keeps the rest', () => {
    const interfaces = { a: 'no list', b: [1, null, '010.0.0.1', '10.0.0.1\ndestroy x', '10.0.0.1'], c: null };
    expect(interfaceAddresses(JSON.stringify(interfaces), 'dog2')).toEqual({ v4: ['10.0.0.1/32'], v6: [], skipped: 6 });
  });

  it.each(['', '[]', '{}', undefined, null])('has nothing to say about %j', (interfaces) => {
    expect(interfaceAddresses(interfaces, 'dog2')).toEqual({ v4: [], v6: [], skipped: 0 });
  });

  it.each(['{"eth0": [', 'eth0', '"text"', '7', 'null', 7])('says that %j cannot be read', (interfaces) => {
    expect(interfaceAddresses(interfaces, 'dog2')).toMatchObject({
      v4: [],
      v6: [],
      skipped: 1,
      fault: expect.stringContaining('interfaces') as string,
    });
  });
});
