import { expect, it } from 'vitest';
import { planId, plannedRows } from '../../src/plan/plan-record.js';
import type { DraftRow } from '../../src/store/draft-store.js';

const SHIPS = { groups: {}, sets: {} };

function id(rows: readonly DraftRow[]): string {
  return planId(plannedRows(rows), SHIPS);
}

it('the same plan has the same id a minute later, though new documents say when they were created', () => {
  const made = (created: number, more = {}) =>
    ({ table: 'group', id: 'g', after: { id: 'g', created, ...more } }) as const;
  expect(id([made(1)])).toBe(id([made(61)]));
  expect(id([made(1)])).not.toBe(id([made(1, { profile_id: 'p' })]));
  // Of one that is there it is a value like any other.
  const changed = (created: number): DraftRow => ({
    ...made(created),
    before: { doc: { id: 'g', created: 1 }, revision: 1 },
  });
  expect(id([changed(2)])).not.toBe(id([changed(3)]));
  expect(id([changed(2)])).not.toBe(id([made(2)]));
});
