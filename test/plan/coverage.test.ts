import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Document, JsonObject } from '../../src/model/document.js';
import type { Policy } from '../../src/firewall/policy/policy.js';
import { coverage, type CoverageProgress } from '../../src/plan/mutation/coverage.js';
import { RULE } from '../support/api-client.js';
import { OFFICE_TO_WEB, startGuardedFleet } from '../support/guarded-fleet.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';

function table(...docs: readonly Document[]): ReadonlyMap<string, Document> {
  return new Map(docs.map((doc) => [doc.id, doc]));
}

const OFFICE = { ...RULE, group_type: 'ZONE', group: 'office', service: 'ssh', comment: 'operators' };
const DENY = { ...RULE, action: 'DROP', service: 'web', comment: 'no web' };

/** Rules: operators by ssh; nobody to the web; everything else from the office. */
const policy: Policy = {
  external: table(),
  link: table(),
  group: table({ id: 'g', name: 'web', profile_id: 'p' }, { id: 'g2', name: 'twin', profile_id: 'p' }),
  profile: table({ id: 'p', name: 'p' }),
  ruleset: table({
    id: 'r',
    name: 'p',
    profile_id: 'p',
    rules: { inbound: [OFFICE, DENY, { ...OFFICE, service: 'any', comment: 'rest' }], outbound: [] },
  }),
  service: table(
    { id: 'ssh', name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] },
    { id: 'web', name: 'web', version: 1, services: [{ protocol: 'tcp', ports: ['80'] }] },
  ),
  zone: table({ id: 'office', name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] }),
  host: table({
    id: 'h',
    name: 'web1',
    hostkey: 'hostkey-web1',
    group: 'web',
    active: 'active',
    interfaces: '{"eth0":["10.1.0.1"]}',
  }),
};

function expectation(id: string, change: JsonObject): Document {
  return {
    id,
    name: id,
    from: 'zone:office',
    to: 'group:web',
    protocol: 'tcp',
    expect: 'accept',
    mode: 'enforce',
    ...change,
  };
}

function run(assertions: readonly Document[]) {
  const progress: CoverageProgress[] = [];
  const steps = coverage({ policy, dialect: 'dog2', assertions });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { progress, found: step.value as JsonObject & { unnoticed: readonly JsonObject[] } };
    progress.push(step.value);
  }
}
function kinds(unnoticed: readonly JsonObject[]) {
  return unnoticed.map(({ index, mutant }) => `${String(index as number)} ${String(mutant as string)}`);
}

describe('the coverage of assertions', () => {
  it('names changes of rules that no assertion notices, each with one that does', () => {
    const { found, progress } = run([]);
    expect(found).toMatchObject({ groups: 1, rules: 3, noticed: 0, complete: true });
    expect(progress.at(-1)).toMatchObject({ rules: 3, group: 'web', unnoticed: found.unnoticed.length });
    // Without the first rule, or with all ports in it, the last one still lets operators in: but not past the second.
    expect(kinds(found.unnoticed)).toEqual([
      '0 flip',
      '0 widen_ports',
      '0 widen_peer',
      '1 delete',
      '1 flip',
      '1 widen_ports',
      '1 swap_with_next',
      '2 delete',
      '2 flip',
      '2 widen_peer',
    ]);
    // Each suggestion holds now, and notices what it is for.
    for (const { assertion, index, mutant } of found.unnoticed) {
      const doc = { id: 'a', ...(assertion as JsonObject) } as Document;
      const again = run([doc]).found;
      expect([mutant, again['noticed']]).not.toEqual([mutant, 0]);
      expect(kinds(again.unnoticed)).not.toContain(`${String(index as number)} ${String(mutant as string)}`);
    }
  });

  it('counts changes without effect apart, and has none left where assertions say everything', () => {
    const all = [
      expectation('ssh', { port: 22 }),
      expectation('web', { port: 80, expect: 'refuse' }),
      expectation('rest', { port: 8080 }),
      expectation('others', { from: '192.0.2.1', expect: 'refuse', port: 22 }),
    ];
    const { found } = run(all);
    expect(kinds(found.unnoticed)).toEqual([]);
    expect(found['equivalent']).toBe(2);
    expect(Number(found['noticed'])).toBe(10);
    // One that does not hold now notices nothing.
    const broken = run([expectation('x', { from: 'any', port: 22 })]).found;
    expect(broken['noticed']).toBe(0);
  });
});

const built =
  existsSync(new URL('../../dist/plan/mutation/coverage-worker.js', import.meta.url)) &&
  process.env['TEST_BUILT'] === '1';
describe.runIf(built)('over the API, where tests import what is built (TEST_BUILT=1)', () => {
  it('is worked out in a thread, tells how far it has come, and ends when the client leaves', async () => {
    const s = await startGuardedFleet();
    await s.create('assertion', OFFICE_TO_WEB);
    const json = await s.api('GET', '/api/V2/assertions/coverage?group=web');
    expect(json.status).toBe(200);
    expect(json.json).toMatchObject({
      groups: 1,
      rules: 1,
      complete: true,
      unnoticed: [{ mutant: 'widen_ports' }, { mutant: 'widen_peer' }],
    });
    expect((await s.api('GET', '/api/V2/assertions/coverage?group=none')).status).toBe(404);
    const lines = await s.api('GET', '/api/V2/assertions/coverage', undefined, { accept: 'application/x-ndjson' });
    expect(JSON.parse(lines.text.trim().split('\n').at(-1) ?? '')).toMatchObject({ result: { rules: 1 } });
    const shown = await runCliInProcess(['assertions', 'coverage', '--group', 'web', '--url', s.server.listening.api]);
    expect([shown.code, shown.out]).toEqual([
      0,
      expect.stringContaining('web: inbound rule 1 (operators) for anybody\n  refuse: ') as string,
    ]);
    const leaving = new AbortController();
    const open = await fetch(`${s.server.listening.api}/api/V2/assertions/coverage`, { signal: leaving.signal });
    expect(open.status).toBe(200);
    leaving.abort();
    // The next one is let in, whatever became of that.
    await expect
      .poll(async () => (await s.api('GET', '/api/V2/assertions/coverage')).status, { timeout: 25_000 })
      .toBe(200);
  });
});
