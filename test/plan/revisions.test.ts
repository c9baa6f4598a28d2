import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import {
  listenAsAgent,
  listenToAll,
  report,
  reportOf,
  startWholeServer,
  until,
  type WholeServer,
} from '../support/whole-server.js';

async function edit(s: WholeServer, ruleset: string, comment: string): Promise<void> {
  await s.edit('ruleset', ruleset, { rules: { inbound: [{ ...RULE, comment }], outbound: [] } });
}

async function revisions(s: WholeServer, group: string): Promise<JsonObject & { readonly revisions: JsonObject[] }> {
  const { status, json } = await s.api('GET', `/api/V2/group/${group}/revisions`);
  if (status !== 200) throw new Error(`${status}`);
  return json as never;
}

/** Waits until the group has so many revisions. */
function reachesRevision(s: WholeServer, group: string, number: number) {
  return until(async () => {
    const found = await revisions(s, group);
    return found.revisions[0]?.number === number ? found : undefined;
  }, `revision ${number}`);
}

describe('revisions of a group', () => {
  it('are what was published, with who had it changed and why', async () => {
    const s = await startWholeServer();
    const web = await s.group('web');
    await reachesRevision(s, web.group, 1);
    const ruleset = (await s.api('GET', `/api/V2/ruleset/${web.ruleset}`)).json;
    const rules = { inbound: [{ ...RULE, comment: 'second' }], outbound: [] };
    const write = { method: 'PUT', path: `/api/V2/ruleset/${web.ruleset}`, body: { ...ruleset, rules } };
    const plan = (await s.api('POST', '/api/V2/plan', { writes: [write], reason: 'ticket 7' })).json;
    await s.api('POST', `/api/V2/plan/${plan.id as string}/apply`, {});
    const { revisions: found, pinned } = await reachesRevision(s, web.group, 2);
    const shipped = await s.ruleset(web.group);
    expect(pinned).toBeNull();
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      number: 2,
      group_name: 'web',
      reason: 'ticket 7',
      plan: plan.id,
      hashes: { hash4_ipsets: (shipped.set4 as JsonObject).hash },
      compiled_at: shipped.compiled_at,
      hosts: 0,
      pinned: false,
    });
    const one = (await s.api('GET', `/api/V2/group/${web.group}/revisions/2`)).json;
    expect(one.ipsetsv4).toBe((await s.api('GET', `/api/V2/group/${web.group}/ipsetsv4`)).text);
    const diff = (await s.api('GET', `/api/V2/group/${web.group}/revisions/diff?from=1&to=2`)).json;
    expect((diff.diff as JsonObject).ipsetsv4).toMatch(/^\+.*second/m);
    // Only a comment differs.
    expect(diff.flows).toEqual({ opens: [], closes: [], changes: [], unclear: null });
    expect((await s.api('GET', `/api/V2/group/${web.group}/revisions/9`)).status).toBe(404);
    expect((await s.api('GET', `/api/V2/group/${web.group}/revisions/diff?from=1`)).json.code).toBe('bad_parameter');
    expect((await revisions(s, web.group)).revisions.map(({ number }) => number)).toEqual([2, 1]);

    await s.edit('ruleset', web.ruleset, { rules: { inbound: [{ ...RULE, action: 'DROP' }], outbound: [] } });
    await reachesRevision(s, web.group, 3);
    const closing = (await s.api('GET', `/api/V2/group/${web.group}/revisions/diff?from=2&to=3`)).json;
    expect(closing.flows).toMatchObject({ opens: [], changes: [], unclear: null });
    const [flow] = (closing.flows as { closes: JsonObject[] }).closes;
    expect(flow).toMatchObject({ direction: 'inbound', before: 'accept', after: 'drop', witness: { chain: 'INPUT' } });
  });

  it('hold a group: hosts get the pinned one, edits wait, and a restart keeps it so', async () => {
    const first = await startWholeServer();
    const web = await first.group('web');
    await reachesRevision(first, web.group, 1);
    const old = (await first.ruleset(web.group)).set4 as JsonObject;
    await edit(first, web.ruleset, 'second');
    await reachesRevision(first, web.group, 2);
    const wire = await listenToAll(first.broker);
    const pin = (number: number, body: JsonObject) =>
      first.api('POST', `/api/V2/group/${web.group}/revisions/${number}/pin`, body);
    expect((await pin(1, {})).json.error).toMatch(/reason is missing/);
    expect((await pin(7, { reason: 'x' })).status).toBe(404);
    expect((await pin(1, { reason: 'the second one broke ssh' })).json).toMatchObject({
      pinned: { number: 1, reason: 'the second one broke ssh' },
    });
    await until(() => wire.texts('*.*.web.*').at(-1) === old.text, 'the first ruleset is sent again');
    // It is no new revision.
    expect((await revisions(first, web.group)).revisions.map(({ number }) => number)).toEqual([2, 1]);

    await edit(first, web.ruleset, 'third');
    const { outputs, world } = first.server.state;
    await until(() => outputs.revisions.waiting.get(web.group), 'the edit waits');
    expect(((await first.ruleset(web.group)).set4 as JsonObject).hash).toBe(old.hash);
    expect((await first.ruleset(web.group)).pinned).toMatchObject({ number: 1 });
    expect((await first.api('GET', '/readyz')).text).toContain('held at a revision, such as web at 1 by');
    const [line] = (await first.api('GET', '/api/V2/groups/status')).json as unknown as JsonObject[];
    expect(line).toMatchObject({
      name: 'web',
      pinned: { number: 1, reason: 'the second one broke ssh', author: 'anonymous', waiting: true },
    });
    // A host that starts is brought to the revision at which its group is held, and is compared with it.
    const agent = await listenAsAgent(first.broker, { hostkey: 'h1', group: 'web' });
    await report(agent.connection, 'force', reportOf('h1', 'web'));
    await until(() => agent.rulesets().some(({ ruleset4_ipset }) => ruleset4_ipset === old.text), 'h1 gets it');
    await report(agent.connection, 'keepalive', reportOf('h1', 'web', { hash4_ipsets: old.hash as string }));
    await until(() => world.hostByKey('h1')?.hash4_ipsets === old.hash, 'h1 reports it');
    const [, one] = (await revisions(first, web.group)).revisions;
    expect(one).toMatchObject({ number: 1, pinned: true });
    await first.stop();

    const second = await startWholeServer({ data: first.data });
    await second.reaches(web.group, 'published');
    await until(() => second.server.state.outputs.revisions.waiting.get(web.group), 'the edit still waits');
    expect(((await second.ruleset(web.group)).set4 as JsonObject).hash).toBe(old.hash);
    expect((await second.api('DELETE', `/api/V2/group/${web.group}/pin`)).status).toBe(204);
    const { revisions: after } = await reachesRevision(second, web.group, 3);
    expect(((await second.ruleset(web.group)).set4 as JsonObject).text).toContain('third');
    expect(after.map(({ number }) => number)).toEqual([3, 2, 1]);
    const audit = (await second.api('GET', `/api/V2/audit?resource=pin&id=${web.group}`))
      .json as unknown as JsonObject[];
    expect(audit.map(({ after: to }) => (to as JsonObject | null)?.reason ?? null)).toEqual([
      null,
      'the second one broke ssh',
    ]);
  });
});
