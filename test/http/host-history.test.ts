import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

it('a host’s history names the revisions that it reported, and revisions when a host had them', async () => {
  const s = await startWholeServer();
  const web = await s.group('web');
  const hashes = async (): Promise<JsonObject> => {
    const { set4, set6 } = await s.ruleset(web.group);
    return { hash4_ipsets: (set4 as JsonObject)['hash']!, hash6_ipsets: (set6 as JsonObject)['hash']! };
  };
  const agent = await listenAsAgent(s.broker, { hostkey: 'h1', group: 'web' });
  const old = await hashes();
  const history = async (query = ''): Promise<JsonObject & { readonly periods: JsonObject[] }> =>
    (await s.api('GET', `/api/V2/host/${s.host('h1')!.id}/history${query}`)).json as never;
  const holds = (hash: unknown) =>
    until(async () => {
      const row = s.host('h1');
      if (row === undefined) return undefined;
      const found = await history();
      return (found.periods[0]?.['hashes'] as JsonObject | undefined)?.['hash4_ipsets'] === hash ? found : undefined;
    }, 'the report in the history');
  await report(agent.connection, 'force', reportOf('h1', 'web', old));
  const first = await holds(old['hash4_ipsets']);
  expect(first.periods).toMatchObject([{ group: 'web', revision: 1, hashes: old }]);
  await s.edit('ruleset', web.ruleset, { rules: { inbound: [{ ...RULE, comment: 'second' }], outbound: [] } });
  const now = await until(async () => {
    const found = await hashes();
    return found['hash4_ipsets'] !== old['hash4_ipsets'] && found;
  }, 'the second revision');
  // Times are whole seconds.
  await until(() => Date.now() / 1000 >= (first.periods[0]!['from'] as number) + 1, 'the next second');
  await report(agent.connection, 'keepalive', reportOf('h1', 'web', now));
  await report(agent.connection, 'keepalive', reportOf('h1', 'web', now));
  const both = await holds(now['hash4_ipsets']);
  expect(both.periods.map(({ revision }) => revision)).toEqual([2, 1]);
  const from = both.periods[0]!['from'] as number;
  expect(await history(`?at=${from}`)).toMatchObject({ at: from, held: { revision: 2 } });
  expect(await history('?at=5')).toMatchObject({ at: 5, held: 'unknown' });
  expect((await s.api('GET', `/api/V2/host/${s.host('h1')!.id}/history?at=x`)).status).toBe(400);
  expect((await s.api('GET', '/api/V2/host/nobody/history')).status).toBe(404);
  for (const called of ['h1', s.host('h1')!.name as string])
    expect((await s.api('GET', `/api/V2/host/${called}/history?at=5`)).json).toMatchObject({ id: s.host('h1')!.id });

  const { revisions } = (await s.api('GET', `/api/V2/group/${web.group}/revisions`)).json as never as {
    revisions: JsonObject[];
  };
  expect(revisions.map(({ number, first_host_at: at }) => [number, at])).toEqual([
    [2, from],
    [1, both.periods[1]!['from']],
  ]);
  expect(revisions[0]!['last_host_at']).toBeGreaterThanOrEqual(from);

  // What only its IPv6 rules would be is no revision.
  await until(() => Date.now() / 1000 >= from + 1, 'the next second');
  const strange = 'f'.repeat(64);
  await report(agent.connection, 'keepalive', reportOf('h1', 'web', { ...now, hash4_ipsets: strange }));
  expect((await holds(strange)).periods.map(({ revision }) => revision)).toEqual([null, 2, 1]);
});
