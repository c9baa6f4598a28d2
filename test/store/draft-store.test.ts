import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { draftStore } from '../../src/store/draft-store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Change, CommitResult, Store } from '../../src/store/store.js';

const BY = { author: 'test' };

/** Documents, and why a commit was refused, without revisions: those of a draft are its own. */
async function seen(store: Store): Promise<unknown> {
  const docs = (await store.list('zone')).map(({ doc }) => doc);
  const named = (await store.find('zone', 'name', 'a')).map(({ doc }) => doc.id).sort();
  return { docs: docs.sort((a, b) => (a.id < b.id ? -1 : 1)), named };
}

function outcome(result: CommitResult): unknown {
  if (result.ok) return result.stored.map((one) => one?.doc);
  const { reason, index } = result.failure;
  return { reason, index };
}

const id = fc.constantFrom('1', '2', '3', '4');
const name = fc.constantFrom('a', 'b', 'c');
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ id, name }).map((doc) => ({ op: 'create', table: 'zone', doc, uniqueOn: ['name'] }) as const),
  fc.record({ id, name }).map(({ id: of, name: to }) => {
    return { op: 'edit', table: 'zone', id: of, edit: (doc: Document) => ({ ...doc, name: to }) } as const;
  }),
  id.map((of) => ({ op: 'remove', table: 'zone', id: of }) as const),
  id.map((of) => ({ op: 'upsert', table: 'zone', id: of, edit: () => ({ id: of, name: 'c' }) }) as const),
);

describe('a draft over a store', () => {
  it('answers as the store would after the same commits, refuses the same, and writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        async (begun, commits) => {
          const [base, written] = await Promise.all([
            createSqliteStore({ path: ':memory:' }),
            createSqliteStore({ path: ':memory:' }),
          ]);
          try {
            for (const store of [base, written]) for (const step of begun) await store.commit([step], BY);
            const before = await seen(base);
            const draft = draftStore(base);
            for (const steps of commits) {
              expect(outcome(await draft.commit(steps, BY))).toEqual(outcome(await written.commit(steps, BY)));
              expect(await seen(draft)).toEqual(await seen(written));
            }
            expect(await seen(base)).toEqual(before);
            // Its rows are just what makes one from the other.
            for (const { table, id: of, after } of draft.rows()) {
              if (after === undefined) await base.commit([{ op: 'remove', table, id: of }], BY);
              else await base.commit([{ op: 'upsert', table, id: of, edit: () => after }], BY);
            }
            expect(await seen(base)).toEqual(await seen(written));
          } finally {
            await Promise.all([base.close(), written.close()]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
