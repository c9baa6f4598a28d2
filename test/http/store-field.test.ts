import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyFileFromJson } from '../../src/transfer/policy-file.js';
import { client } from '../support/api-client.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';

const OWN = { dog_trainer_store: { revision: 7, lock: 'x', absent: true } };
const ZONE = { name: 'z', ipv4_addresses: [], ipv6_addresses: [] };
const RULES = { inbound: [], outbound: [] };

describe('the field that a store keeps for itself, sent back by a client', () => {
  let server: ApiServer;
  beforeAll(async () => void (server = await startApiServer()));
  afterAll(() => server.close());

  it.each([
    ['/api/V2/zone', ZONE],
    ['/api/zone', { ...ZONE, name: 'z1' }],
    ['/api/profile', { name: 'p1', rules: RULES }],
    ['/api/V2/ruleset', { name: 'r2', rules: RULES }],
    ['/api/V2/group', { name: 'g2' }],
    ['/api/group', { name: 'g1' }],
  ])('is dropped by POST and PUT of %s', async (path, doc) => {
    const call = client(server.url);
    const made = await call('POST', path, { ...doc, ...OWN });
    expect(made.status).toBe(201);
    const at = made.headers.get('location') as string;
    expect((await call('PUT', at, { ...doc, ...OWN })).status).toBe(303);
    const { text } = await call('GET', at);
    expect(text).not.toContain('dog_trainer_store');
  });

  it('and an id of more bytes than a store takes, never end in 500', async () => {
    const { status, json } = await client(server.url)('POST', '/api/V2/zone', {
      ...ZONE,
      name: 'é',
      id: 'é'.repeat(64),
    });
    expect([status, json['error']]).toEqual([409, 'data_invalid']);
  });

  it('is dropped from an imported file', () => {
    const file = {
      format: 'dog-trainer policy',
      version: 1,
      exported_at: 1,
      resources: { zone: [{ id: 'a', ...ZONE, ...OWN }] },
    };
    expect(policyFileFromJson(file).resources.zone).toEqual([{ id: 'a', ...ZONE }]);
  });
});
