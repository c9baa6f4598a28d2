import { describe, expect, it } from 'vitest';
import { addressSet } from '../../src/analysis/index.js';
import { EVERYBODY, without } from '../../src/analysis/address-set.js';
import { addressesJson, addressesText } from '../../src/analysis/addresses-json.js';

function butFor(family: 'v4' | 'v6', ...nets: readonly string[]) {
  return without(EVERYBODY[family], addressSet(family, nets));
}
function text(set: ReturnType<typeof addressSet>, shown = 3): string {
  return addressesText(addressesJson(set, []), shown);
}

describe('addresses in an answer', () => {
  it('are their first twenty nets, and those of all others where these are fewer', () => {
    const few = addressSet('v4', ['10.0.0.0/24', '10.1.0.0/24']);
    expect(addressesJson(few, ['zone:a'])).toEqual({
      addresses: ['10.0.0.0/24', '10.1.0.0/24'],
      count: '512',
      names: ['zone:a'],
    });
    const most = addressesJson(butFor('v4', '10.0.0.128/25', '192.0.2.1'), []);
    expect(most.addresses).toHaveLength(20);
    expect(most).toMatchObject({ count: String(2 ** 32 - 129), except: ['10.0.0.128/25', '192.0.2.1'] });
    // Half of everything is one net, and so are all others: the shorter way is the plain one.
    expect(addressesJson(butFor('v4', '0.0.0.0/1'), [])).not.toHaveProperty('except');
    const sparse = Array.from({ length: 50 }, (_, at) => `10.0.${at * 2}.1`);
    expect(addressesJson(addressSet('v4', sparse), [])).not.toHaveProperty('except');
    expect(addressesJson(butFor('v4', ...sparse), [])).not.toHaveProperty('except');
  });

  it('are words for people', () => {
    expect(text(EVERYBODY.v4)).toBe('anyone (IPv4)');
    expect(text(EVERYBODY.v6)).toBe('anyone (IPv6)');
    expect(text(butFor('v6', '::1'))).toBe('all but ::1');
    expect(text(butFor('v4', '10.0.0.1', '10.0.0.3', '10.0.0.5'), 2)).toBe('all but 10.0.0.1, 10.0.0.3 … (3 nets)');
    expect(text(addressSet('v4', ['10.0.0.1', '10.0.0.3', '10.0.0.5']), 2)).toBe('10.0.0.1, 10.0.0.3 … (3 addresses)');
    expect(text(addressSet('v4', ['10.0.0.0/8']))).toBe('10.0.0.0/8');
  });
});
