import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client, RULE } from '../support/api-client.js';

describe('trial 21: deleting what is in use; two editors at once', () => {
  let server: ApiServer;
  let call: Client;
  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
  });
  afterAll(() => server.close());

  it('v1 refuses to delete what active profiles, groups and links use, with the ids; v2 only rulesets and links', async () => {
    const make = async (path: string, body: object) => (await call('POST', path, body)).json['id'] as string;
    const zone = await make('/api/V2/zone', { name: 'z', ipv4_addresses: [], ipv6_addresses: [] });
    const group = await make('/api/V2/group', { name: 'used' });
    const rules = {
      inbound: [{ ...RULE, group_type: 'ZONE', group: zone }],
      outbound: [{ ...RULE, group_type: 'ROLE', group }],
    };
    const profile = await make('/api/profile', { name: 'p', rules });
    const owner = await make('/api/V2/group', { name: 'owner', profile_id: profile });
    const ruleset = (await call('GET', '/api/V2/ruleset?name=p')).json['id'] as string;
    await call('PUT', `/api/V2/profile/${profile}`, { name: 'p', ruleset_id: ruleset });

    const refused = async (path: string) => {
      const { status, json } = await call('DELETE', path);
      return [status, json['errors']];
    };
    expect(await refused(`/api/zone/${zone}`)).toEqual([500, { 'in active profile': [profile] }]);
    expect(await refused(`/api/group/${group}`)).toEqual([500, { 'in active profile': [profile] }]);
    expect(await refused(`/api/profile/${profile}`)).toEqual([500, { 'associated with group': [owner] }]);
    expect(await refused(`/api/V2/ruleset/${ruleset}`)).toEqual([409, { 'associated with profile': [profile] }]);
    for (const path of [`zone/${zone}`, `group/${group}`]) {
      expect((await call('DELETE', `/api/V2/${path}`)).status).toBe(204);
    }
  });

  it('a ruleset and the deletion of its zone, at the same moment: no ruleset is made that names a zone gone before it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const zone = { name: `z${round}`, ipv4_addresses: [], ipv6_addresses: [] };
      const id = (await call('POST', '/api/V2/zone', zone)).json['id'] as string;
      const rules = { inbound: [{ ...RULE, group_type: 'ZONE', group: id }], outbound: [] };
      const body = { name: `p${round}`, rules };
      const [made, gone] = await Promise.all([call('POST', '/api/profile', body), call('DELETE', `/api/zone/${id}`)]);
      // Whichever came first, the other one saw it.
      const outcome = [made.status, gone.status];
      expect([
        [201, 500],
        [400, 204],
      ]).toContainEqual(outcome);
    }
  });

  it('of two editors with one tag the first wins; the other gets 412 and the present tag, and loses nobody’s work', async () => {
    const made = await call('POST', '/api/V2/ruleset', { name: 'r', rules: { inbound: [], outbound: [] } });
    const path = `/api/V2/ruleset/${made.json['id'] as string}`;
    const tag = made.headers.get('etag') as string;
    const edit = (n: number, ifMatch: string) =>
      call(
        'PUT',
        path,
        { name: 'r', rules: { inbound: [{ ...RULE, order: n }], outbound: [] } },
        { 'if-match': ifMatch },
      );
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => edit(n, tag)));
    const won = answers.filter(({ status }) => status === 303);
    expect([won.length, answers.filter(({ status }) => status === 412).length]).toEqual([1, 19]);
    expect((await call('GET', path)).json['rules']).toEqual(won[0]?.json['rules']);
    const current = answers.find(({ status }) => status === 412)?.headers.get('etag') as string;
    expect((await edit(99, current)).status).toBe(303);
    // Made, and changed twice: what was refused left no trace.
    expect((await call('GET', `/api/V2/audit?id=${made.json['id'] as string}`)).json).toHaveLength(3);
  });

  it('holds where nothing is looked up beside the document: the store itself compares', async () => {
    const made = await call('POST', '/api/V2/group', { name: 'edited' });
    const path = `/api/V2/group/${made.json['id'] as string}`;
    const tag = made.headers.get('etag') as string;
    const edit = (n: number) => call('PUT', path, { name: 'edited', n }, { 'if-match': tag });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => edit(n)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 19 }, () => 412)]);
    const won = answers.find(({ status }) => status === 303);
    for (const lost of answers.filter(({ status }) => status === 412)) {
      expect(lost.headers.get('etag')).toBe(won?.headers.get('etag'));
    }
  });

  it('without a tag the last one wins, as ever, and fields that only one of them sent are all there', async () => {
    const made = await call('POST', '/api/V2/fact', { name: 'f', groups: {} });
    const path = `/api/V2/fact/${made.json['id'] as string}`;
    await Promise.all(Array.from({ length: 20 }, (_, n) => call('PUT', path, { name: 'f', groups: {}, [`k${n}`]: n })));
    const { json } = await call('GET', path);
    expect(Object.keys(json).filter((key) => key.startsWith('k'))).toHaveLength(20);
  });
});
