import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideLease } from '../../src/cluster/decide-lease.js';
import { leaseDocument, readLease, type Lease } from '../../src/cluster/lease.js';

function lease(more: Partial<Lease> = {}): Lease {
  return {
    holder: 'h1',
    server: 's1',
    name: 'one',
    url: 'http://one:7070',
    term: 3,
    expiresAt: 1000,
    previous: undefined,
    ...more,
  };
}
const ME = { holder: 'h2', server: 's2', name: 'two', url: 'http://two:7070' };

describe('a stored lease', () => {
  it('reads as it was written', () => {
    const arbitrary = fc.record({
      holder: fc.string(),
      server: fc.string(),
      name: fc.string(),
      url: fc.string(),
      term: fc.integer({ min: 1 }),
      expiresAt: fc.nat(),
      previous: fc.option(fc.string(), { nil: undefined }),
    });
    fc.assert(
      fc.property(arbitrary, (written) => {
        const read = readLease(leaseDocument(written));
        expect(read).toEqual({ kind: 'lease', lease: written });
      }),
    );
  });

  it.each([
    ['holder', 7, 3],
    ['server', null, 3],
    ['name', undefined, 3],
    ['url', {}, 3],
    ['term', '3', 0],
    ['term', 1.5, 0],
    ['term', 0, 0],
    ['expires_at', 'tomorrow', 3],
    ['expires_at', -1, 3],
    ['previous', 4, 3],
  ])('with %s = %j is none, and the field is named', (field, value, term) => {
    const doc = { ...leaseDocument(lease()), [field]: value } as never;
    expect(readLease(doc)).toMatchObject({ kind: 'bad', fault: expect.stringMatching(`^${field} `) as string, term });
  });

  it('that is not there is absent', () => {
    expect(readLease(undefined)).toEqual({ kind: 'absent' });
  });
});

describe('who leads', () => {
  const ask = { me: ME, now: 500, leaseMs: 100, known: undefined };
  const kept = (more: Partial<Lease> = {}) => ({ kind: 'lease', lease: lease(more) }) as const;

  it('is the first to ask, with term 1', () => {
    expect(decideLease({ ...ask, found: { kind: 'absent' } })).toEqual({
      kind: 'take',
      lease: { ...ME, term: 1, expiresAt: 600, previous: undefined },
    });
  });

  it('is whoever leads, as long as the lease lasts', () => {
    expect(decideLease({ ...ask, found: kept() })).toEqual({ kind: 'wait', lease: lease() });
    expect(decideLease({ ...ask, found: kept({ expiresAt: 501 }) }).kind).toBe('wait');
  });

  it('is the next to ask when it has expired or was given up', () => {
    for (const expiresAt of [500, 0])
      expect(decideLease({ ...ask, found: kept({ expiresAt }) })).toEqual({
        kind: 'take',
        lease: { ...ME, term: 4, expiresAt: 600, previous: 's1' },
      });
  });

  it('is still the same holder, with the same term, when it asks again', () => {
    expect(decideLease({ ...ask, found: kept({ ...ME, previous: 's0' }) })).toEqual({
      kind: 'take',
      lease: { ...ME, term: 3, expiresAt: 600, previous: 's0' },
    });
  });

  it.each([{ kind: 'absent' }, { kind: 'bad', fault: 'url must be a string', term: 3 }] as const)(
    'is whoever was last known to lead when the document is $kind',
    (found) => {
      expect(decideLease({ ...ask, found, known: lease() }).kind).toBe('wait');
      expect(decideLease({ ...ask, found, known: lease({ expiresAt: 400 }) })).toMatchObject({
        kind: 'take',
        lease: { term: 4 },
      });
      expect(decideLease({ ...ask, found, known: lease(ME) })).toMatchObject({ kind: 'take', lease: { term: 3 } });
    },
  );

  it('leads to the end of a whole millisecond, as a lease is stored', () => {
    const decision = decideLease({ ...ask, now: 500.25, found: { kind: 'absent' } });
    expect(decision.lease.expiresAt).toBe(601);
    expect(readLease(leaseDocument(decision.lease)).kind).toBe('lease');
  });

  it('gets a term above that of a bad document', () => {
    const found = { kind: 'bad', fault: 'url must be a string', term: 9 } as const;
    expect(decideLease({ ...ask, found })).toMatchObject({ kind: 'take', lease: { term: 10 } });
  });
});
