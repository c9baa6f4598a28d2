import { describe, expect, it } from 'vitest';
import type { DraftEntry } from '../../src/console/draft/draft-entry.js';
import { inWritingOrder, writeOf } from '../../src/console/draft/draft-writes.js';
import { lacksPassword, PASSWORD_TYPED, typePassword } from '../../src/console/draft/link-password.js';
import type { JsonObject } from '../../src/model/document.js';

function entry(resource: DraftEntry['resource'], base: JsonObject | null, wanted: JsonObject | null): DraftEntry {
  return { resource, id: `${resource} 1`, base, etag: base === null ? null : '"3"', wanted };
}

describe('the writes of a draft', () => {
  it('are in an order in which each finds what it names, and what is removed goes last', () => {
    const order = inWritingOrder([
      entry('zone', { name: 'gone' }, null),
      entry('ruleset', null, { name: 'r' }),
      entry('group', null, { name: 'g' }),
      entry('profile', { name: 'gone' }, null),
      entry('assertion', null, { name: 'a' }),
      entry('service', null, { name: 's' }),
      entry('profile', null, { name: 'p' }),
    ]);
    expect(order.map(({ resource, wanted }) => `${wanted === null ? '-' : '+'}${resource}`)).toEqual([
      '+service',
      '+profile',
      '+group',
      '+ruleset',
      '+assertion',
      '-profile',
      '-zone',
    ]);
  });

  it('name the tag that was read, and the id that others of the draft name', () => {
    const zone = { name: 'office', ipv4_addresses: [] };
    expect(writeOf(entry('zone', null, zone))).toEqual({
      method: 'POST',
      path: '/api/V2/zone',
      body: { ...zone, id: 'zone 1' },
    });
    const path = '/api/V2/zone/zone%201';
    expect(writeOf(entry('zone', zone, { ...zone, more: 1 }))).toEqual({
      method: 'PUT',
      path,
      body: { ...zone, more: 1 },
      if_match: '"3"',
    });
    expect(writeOf(entry('zone', zone, null))).toEqual({ method: 'DELETE', path, if_match: '"3"' });
  });

  it('send of a group what was changed, and what would go otherwise, but no hash that the server wrote', () => {
    const group = { name: 'web', description: '', hash4_ipsets: 'abc', vars: { a: 1 } };
    expect(writeOf(entry('group', group, { ...group, description: 'new' })).body).toEqual({
      name: 'web',
      description: 'new',
      vars: { a: 1 },
    });
  });

  it('send the password of a link only where one was typed', () => {
    const link = { name: 'q1', connection: { host: 'h', password: '[redacted]' } };
    const changed = entry('link', link, { ...link, enabled: true });
    expect(writeOf(changed).body?.['connection']).toEqual({ host: 'h', password: '[redacted]' });
    const typed = entry('link', link, { ...link, connection: { host: 'h', password: PASSWORD_TYPED } });
    // As after the page was loaded again.
    expect(lacksPassword(typed)).toBe(true);
    expect(writeOf(typed).body?.['connection']).toEqual({ host: 'h', password: '[redacted]' });
    expect(lacksPassword(entry('link', null, link))).toBe(true);
    typePassword(typed.id, 's3cret');
    expect(lacksPassword(typed)).toBe(false);
    expect(writeOf(typed).body?.['connection']).toEqual({ host: 'h', password: 's3cret' });
  });
});
