import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listDocuments } from '../../../src/http/documents/load-fleet.js';
import { documentText } from '../../../src/http/json/document-text.js';
import { KeptByObject } from '../../../src/kept-texts/kept-by-object.js';
import { listBytes } from '../../../src/http/json/list-bytes.js';
import { writeJson } from '../../../src/http/json/write-json.js';
import type { Document, Json, JsonObject } from '../../../src/model/document.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { Slices } from '../../../src/world/slices.js';

const AUTHOR = { author: 'test' };
const fields = fc.dictionary(fc.constantFrom('b', 'a', 'é', '10', '9'), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
const id = fc.constantFrom('x', 'y', 'z');
const step = fc.oneof(
  fc.record({ op: fc.constant('put' as const), id, fields }),
  fc.record({ op: fc.constant('remove' as const), id }),
  fc.record({ op: fc.constant('read' as const), id }),
);

/** As if each document were written for the first time. */
function fresh(value: Json): string {
  return writeJson(structuredClone(value));
}

it('writes documents and lists as if nothing were kept, over any history of writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const store = await createSqliteStore({ path: ':memory:' });
      const slices = new Slices();
      // In order of creation.
      const there = new Set<string>();
      for (const one of steps) {
        if (one.op === 'put') {
          const doc: Document = { ...one.fields, id: one.id };
          await store.commit([{ op: 'upsert', table: 'zone', id: one.id, edit: () => doc }], AUTHOR);
          there.add(one.id);
        } else if (one.op === 'remove') {
          await store.commit([{ op: 'remove', table: 'zone', id: one.id }], AUTHOR);
          there.delete(one.id);
        } else {
          const doc = (await store.get('zone', one.id))?.doc;
          if (doc !== undefined) expect(documentText(doc)).toBe(fresh(doc));
        }
        const all = await listDocuments(store, 'zone');
        const more = [{ name: 'built in' }];
        const bytes = Buffer.concat(await listBytes([all, more], slices)).toString();
        const each = await Promise.all(
          [...there].map(async (known) => (await store.get('zone', known))?.doc as Document),
        );
        expect(bytes).toBe(fresh([...each, ...more]));
      }
      await store.close();
    }),
    { numRuns: 50 },
  );
});

it('puts long lists together in steps, and short ones at once, to the same text', async () => {
  const store = await createSqliteStore({ path: ':memory:' });
  for (let batch = 0; batch < 5; batch += 1) {
    const changes = Array.from({ length: 500 }, (_, i) => ({
      op: 'create' as const,
      table: 'zone' as const,
      doc: { id: `${batch}-${i}`, name: 'é'.repeat(i) },
    }));
    await store.commit(changes, AUTHOR);
  }
  const all = await listDocuments(store, 'zone');
  const slices = new Slices();
  for (const list of [all, all.slice(0, 1500), [], all])
    expect(Buffer.concat(await listBytes([list], slices)).toString()).toBe(fresh(list));
  await store.close();
});

it('keeps two generations at most: what is not asked for meanwhile is forgotten', () => {
  const kept = new KeptByObject<string>(10);
  const objects = Array.from({ length: 12 }, () => ({}));
  const [first, second] = objects as [object, object];
  for (const object of objects) {
    kept.set(object, 'ab');
    expect(kept.get(first)).toBe('ab');
  }
  expect(kept.get(second)).toBeUndefined();
  kept.set(second, 'too long');
  expect(kept.get(second)).toBeUndefined();
});
