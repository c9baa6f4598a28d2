import { describe, expect, it } from 'vitest';
import { adminSocket } from '../../src/config/admin-socket.js';
import { policyAdminOverSocket } from '../../src/http/admin/admin-client.js';
import type { Json, JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { OFFICE_TO_WEB, startGuardedFleet, type GuardedFleet } from '../support/guarded-fleet.js';

async function report(s: GuardedFleet) {
  const { status, json } = await s.api('GET', '/api/V2/assertions/report');
  expect(status).toBe(200);
  return json as { assertions: JsonObject[]; guards: JsonObject[] };
}
const DROP = { ...RULE, action: 'DROP', comment: 'nobody' };

describe('an assertion', () => {
  it('keeps a write from breaking what held, shows a packet, and lets it pass with a reason that is audited', async () => {
    const s = await startGuardedFleet();
    const id = await s.create('assertion', OFFICE_TO_WEB);
    expect((await report(s)).assertions).toMatchObject([
      { id, name: 'operators reach web', state: 'holds', witness: null },
    ]);

    const refused = await s.rules(s.web, 'web', [DROP, s.sshRule]);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      code: 'assertion_broken',
      error: expect.stringContaining('operators reach web (broken)') as string,
      assertions: [
        {
          id,
          before: 'holds',
          after: 'broken',
          witness: { family: 'v4', protocol: 'tcp', dport: 22, verdict: 'drop' },
        },
      ],
    });
    const [{ witness }] = refused.json['assertions'] as [
      { witness: { src: string; dst: string; steps: JsonObject[] } },
    ];
    expect(witness.src).toMatch(/^10\.0\.0\./);
    expect(witness.steps.at(-1)).toMatchObject({
      group: 'web',
      host: witness.dst === '10.1.0.1' ? 'web1' : 'web2',
      chain: 'INPUT',
      state: 'NEW',
      line: expect.stringContaining('-j DROP') as string,
    });
    expect((await s.api('GET', `/api/V2/ruleset/${s.web.ruleset}`)).json['rules']).toMatchObject({
      inbound: [{ comment: 'operators' }],
    });
    const inV1 = await s.api('PUT', `/api/ruleset/${s.web.ruleset}`, {
      name: 'web',
      profile_id: s.web.profile,
      rules: { inbound: [], outbound: [] },
    });
    expect([inV1.status, inV1.json['code']]).toEqual([400, 'assertion_broken']);

    const forced = await s.rules(s.web, 'web', [DROP, s.sshRule], { 'x-override-reason': 'moving to the new office' });
    expect(forced.status).toBe(303);
    const audit = await s.api('GET', '/api/V2/audit?resource=setting&id=last_override');
    expect(audit.json).toMatchObject([
      { after: { reason: 'moving to the new office', assertions: [{ name: 'operators reach web', after: 'broken' }] } },
    ]);
    expect((await report(s)).assertions).toMatchObject([{ state: 'broken', witness: { dport: 22 } }]);
    // What is broken already keeps nobody from writing.
    expect((await s.rules(s.web, 'web', [DROP])).status).toBe(303);
    expect((await s.rules(s.web, 'web', [DROP], { 'x-override-reason': ' ' })).status).toBe(400);
  });

  it('that becomes impossible to tell is refused likewise, and so is one whose zone is emptied', async () => {
    const s = await startGuardedFleet();
    const spare = await s.create('zone', { name: 'spare', ipv4_addresses: ['10.0.0.7'], ipv6_addresses: [] });
    await s.create('assertion', { ...OFFICE_TO_WEB, from: 'zone:spare' });
    const gone = await s.api('DELETE', `/api/V2/zone/${spare}`);
    expect([gone.status, gone.json['code']]).toEqual([409, 'assertion_broken']);
    expect(gone.json['assertions']).toMatchObject([
      { before: 'holds', after: 'unknown', reason: expect.stringContaining('no zone "spare"') as string },
    ]);
    const emptied = { name: 'spare', ipv4_addresses: [], ipv6_addresses: [] };
    expect((await s.api('PUT', `/api/V2/zone/${spare}`, emptied)).json['assertions']).toMatchObject([
      { after: 'unknown', reason: 'from: zone:spare has no address' },
    ]);
    const forced = await s.api('DELETE', `/api/V2/zone/${spare}`, undefined, { 'x-override-reason': 'it is gone' });
    expect(forced.status).toBe(204);
    expect((await report(s)).assertions).toMatchObject([{ state: 'unknown' }]);
  });

  it('of mode warn, one that is only changed, and one about other groups keep nobody from writing', async () => {
    const s = await startGuardedFleet();
    const db = await s.group('db', [s.sshRule]);
    await s.create('assertion', { ...OFFICE_TO_WEB, mode: 'warn' });
    const other = await s.create('assertion', {
      ...OFFICE_TO_WEB,
      name: 'nobody else',
      from: '192.0.2.0/24',
      expect: 'refuse',
    });
    expect((await s.rules(s.web, 'web', [])).status).toBe(303);
    expect((await s.rules(db, 'db', [RULE])).status).toBe(303);
    expect((await s.rules(s.web, 'web', [RULE])).json['assertions']).toMatchObject([
      { id: other, name: 'nobody else', after: 'broken', witness: { verdict: 'accept' } },
    ]);
    // The assertion itself is its owner's to change.
    await s.edit('assertion', other, { expect: 'accept' });
    expect((await report(s)).assertions).toMatchObject([{ state: 'broken' }, { state: 'broken' }]);
    expect((await s.rules(s.web, 'web', [RULE])).status).toBe(303);
    expect((await report(s)).assertions).toMatchObject([{ state: 'holds' }, { state: 'holds' }]);
  });

  it('is kept by two writers together, each of whom alone would leave it be', async () => {
    const s = await startGuardedFleet();
    // Both rules let operators in: without either of them the other one still does.
    expect((await s.rules(s.web, 'web', [s.sshRule])).status).toBe(303);
    const zone = await s.create('zone', { name: 'home', ipv4_addresses: ['10.0.0.0/25'], ipv6_addresses: [] });
    const second = await s.create('zone', { name: 'away', ipv4_addresses: ['10.0.0.0/25'], ipv6_addresses: [] });
    const from = (id: string) => ({ ...s.sshRule, group: id, comment: id });
    expect((await s.rules(s.web, 'web', [from(zone), from(second)])).status).toBe(303);
    await s.create('assertion', { ...OFFICE_TO_WEB, from: '10.0.0.0/25' });
    const empty = (id: string, name: string) =>
      s.api('PUT', `/api/V2/zone/${id}`, { name, ipv4_addresses: [], ipv6_addresses: [] });
    const answers = await Promise.all([empty(zone, 'home'), empty(second, 'away')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect((await report(s)).assertions).toMatchObject([{ state: 'holds' }]);
  });

  it('keeps an import from breaking it, unless there is a reason', async () => {
    const s = await startGuardedFleet();
    await s.create('assertion', OFFICE_TO_WEB);
    const admin = policyAdminOverSocket(adminSocket(s.server.state.config));
    const file = (await admin.export()) as { readonly resources: { readonly [name: string]: readonly JsonObject[] } };
    expect(file.resources['assertion']).toMatchObject([OFFICE_TO_WEB]);
    const shut = {
      ...file,
      resources: {
        ...file.resources,
        ruleset: file.resources['ruleset']?.map((doc) => ({ ...doc, rules: { inbound: [], outbound: [] } })),
      },
    } as unknown as Json;
    const how = { dryRun: false, replace: true };
    await expect(admin.import(shut, how)).rejects.toThrow('operators reach web (broken)');
    expect((await report(s)).assertions).toMatchObject([{ state: 'holds' }]);
    expect(await admin.import(shut, { ...how, override: 'a new house' })).toMatchObject({ written: true });
    expect((await report(s)).assertions).toMatchObject([{ state: 'broken' }]);
    const audit = await s.api('GET', '/api/V2/audit?resource=setting&id=last_override');
    expect(audit.json).toMatchObject([{ author: 'local operator', after: { reason: 'a new house' } }]);
  });

  it('names what it cannot be, and refuses ends that there are not', async () => {
    const s = await startGuardedFleet();
    const refusal = async (change: JsonObject) => {
      const { status, json } = await s.api('POST', '/api/V2/assertion', { ...OFFICE_TO_WEB, ...change });
      return [status, (json['path'] as string[]).join('.'), json['reason']];
    };
    expect(await refusal({ from: 'zone:none' })).toEqual([409, 'from', 'there is no zone "none"']);
    expect(await refusal({ to: 'web' })).toEqual([409, 'to', expect.stringContaining('group:NAME or zone:NAME')]);
    expect(await refusal({ protocol: 'icmp' })).toEqual([409, 'port', 'icmp has no ports']);
    expect(await refusal({ protocol: 'tpc' })).toEqual([
      409,
      'protocol',
      expect.stringContaining('neither a protocol'),
    ]);
    expect(await refusal({ port: 65_536 })).toEqual([409, 'port', 'must be at most 65535']);
    expect((await s.api('GET', '/api/assertions')).status).toBe(404);
    expect((await s.api('POST', '/api/V2/assertion', { ...OFFICE_TO_WEB, to: 'host:hostkey-web1' })).status).toBe(201);
    const tested = await s.api('POST', '/api/V2/assertions/test', {
      assertions: [
        { from: 'zone:office', to: 'host:web1', protocol: 'tcp', port: 22, expect: 'accept' },
        { from: 'any', to: 'host:web1', protocol: 'tcp', port: 22, expect: 'refuse' },
        { from: 'zone:none', to: 'host:web1', protocol: 'tcp', expect: 'refuse' },
      ],
    });
    expect(tested.json['assertions']).toMatchObject([
      { name: 'assertion 1', state: 'holds' },
      { state: 'broken', witness: { src: expect.stringMatching(/^10\.0\.0\./) as string } },
      { state: 'unknown', reason: expect.stringContaining('zone "none"') as string },
    ]);
  });
});

describe('a plan', () => {
  it('shows what becomes of assertions, is refused when it breaks one, and applied with a reason', async () => {
    const s = await startGuardedFleet();
    const id = await s.create('assertion', OFFICE_TO_WEB);
    const body = { name: 'web', profile_id: s.web.profile, rules: { inbound: [DROP], outbound: [] } };
    const writes = [{ method: 'PUT', path: `/api/V2/ruleset/${s.web.ruleset}`, body }];
    const made = await s.api('POST', '/api/V2/plan', { writes });
    expect(made.status).toBe(200);
    expect(made.json['assertions']).toMatchObject([
      { id, name: 'operators reach web', before: 'holds', after: 'broken', witness: { dport: 22 } },
    ]);
    const path = `/api/V2/plan/${made.json['id'] as string}/apply`;
    const refused = await s.api('POST', path, {});
    expect([refused.status, refused.json['code']]).toEqual([409, 'assertion_broken']);
    const applied = await s.api('POST', path, { override: { reason: 'closed for the night' } });
    expect([applied.status, applied.json['applied']]).toEqual([200, true]);
    const audit = await s.api('GET', '/api/V2/audit?resource=setting&id=last_override');
    expect(audit.json).toMatchObject([{ after: { reason: 'closed for the night', plan: made.json['id'] as string } }]);
    // The other way round, and one that nothing touches.
    await s.create('assertion', { ...OFFICE_TO_WEB, name: 'closed', from: '192.0.2.1', expect: 'refuse' });
    const back = await s.api('POST', '/api/V2/plan', {
      writes: [{ ...writes[0], body: { ...body, rules: { inbound: [s.sshRule], outbound: [] } } }],
    });
    expect(back.json['assertions']).toMatchObject([
      { before: 'broken', after: 'holds', witness: null },
      { before: 'holds', after: 'holds', witness: null },
    ]);
  });
});
