import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { client } from '../support/api-client.js';
import { startApiServer } from '../support/api-server.js';

/** Five zones, made at 1000.2, 1001.2, … seconds. */
async function fiveZones() {
  let now = 1_000_200;
  const store = await createSqliteStore({ path: ':memory:', now: () => now });
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    await store.commit([{ op: 'create', table: 'zone', doc: { id } }], { author: 'ann' });
    now += 1000;
  }
  const server = await startApiServer({}, { store });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  return client(server.url);
}

describe('the audit trail of a span of time', () => {
  it.each([
    ['from=1002', ['e', 'd', 'c']],
    ['until=1002', ['c', 'b', 'a']],
    ['from=1001&until=1003', ['d', 'c', 'b']],
    ['from=1001&until=1001', ['b']],
    ['from=1005', []],
    ['until=999', []],
    ['from=1001&author=bob', []],
    ['from=1001&until=1003&id=c', ['c']],
  ])('%s', async (query, ids) => {
    const call = await fiveZones();
    const { status, json } = await call('GET', `/api/V2/audit?${query}`);
    expect([status, (json as unknown as JsonObject[]).map(({ id }) => id)]).toEqual([200, ids]);
  });

  it('is read page by page', async () => {
    const call = await fiveZones();
    const first = await call('GET', '/api/V2/audit?from=1001&until=1003&limit=2');
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(next).toContain('from=1001');
    const rest = await call('GET', next);
    expect((rest.json as unknown as JsonObject[]).map(({ id }) => id)).toEqual(['b']);
  });

  it.each([
    ['from=yesterday', 'from', 'whole number'],
    ['from=-1', 'from', 'whole number'],
    ['until=1.5', 'until', 'whole number'],
    ['until=99999999999', 'until', 'whole number'],
    ['from=', 'from', 'whole number'],
    ['from=5&until=4', 'until', 'must not be before from'],
  ])('is refused: %s', async (query, name, rule) => {
    const call = await fiveZones();
    const { status, json } = await call('GET', `/api/V2/audit?${query}`);
    expect([status, json['code']]).toEqual([400, 'bad_parameter']);
    expect(json['error']).toContain(`query parameter ${name}`);
    expect(json['error']).toContain(rule);
  });
});
