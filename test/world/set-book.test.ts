import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { SetBook } from '../../src/world/set-book.js';
import { makePolicy } from '../support/make-policy.js';

/** One more than a set can hold, none of which can be merged with another. */
const TOO_MANY = Array.from({ length: 65_537 }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}/32`);

function zone(ipv4_addresses: readonly string[]): Document {
  return {
    id: '1',
    name: 'office',
    ipv4_addresses: [...ipv4_addresses],
    ipv6_addresses: [],
  };
}

describe('the set book', () => {
  it('keeps the last good content of a set that grew too large', () => {
    const zones = new Map([['1', zone(['192.0.2.1/32'])]]);
    const book = new SetBook({ ...makePolicy({}), zone: zones }, 'dog2');
    book.render();
    zones.set('1', zone(TOO_MANY));
    const { standIns, unusable, text } = book.render();
    expect([...standIns.values()]).toContainEqual(['192.0.2.1']);
    expect([...unusable].filter((name) => standIns.has(name))).toEqual([]);
    expect(text).toContain('192.0.2.1');
  });

  it('forgets it with the set: who takes the name later is somebody else', () => {
    const zones = new Map([['1', zone(['192.0.2.1/32'])]]);
    const book = new SetBook({ ...makePolicy({}), zone: zones }, 'dog2');
    book.render();
    zones.clear();
    book.render();
    zones.set('1', zone(TOO_MANY));
    const { standIns, unusable, text } = book.render();
    expect([...standIns.values()].filter((addresses) => addresses.length > 0)).toEqual([]);
    expect(unusable.size).toBeGreaterThan(0);
    expect(text).not.toContain('192.0.2.1');
  });
});
