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

  it('makes the sets of one moment, whatever changes between two steps', () => {
    for (const pauses of [0, 1, 2, 5, 9]) {
      const zones = new Map([['1', zone(['192.0.2.1/32'])]]);
      const policy = { ...makePolicy({}), zone: zones };
      const book = new SetBook(policy, 'dog2');
      const wanted = new SetBook(policy, 'dog2').render();
      const work = book.renderInSteps();
      let step = work.next();
      for (let n = 0; n < pauses && step.done !== true; n += 1) step = work.next();
      zones.set('1', zone(['192.0.2.2/32']));
      zones.set('2', { ...zone(['192.0.2.3/32']), id: '2', name: 'other' });
      while (step.done !== true) step = work.next();
      expect(step.value).toEqual(wanted);
      expect(book.render().text).toContain('192.0.2.3');
    }
  });
});
