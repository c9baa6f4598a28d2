import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

it('plan shows what a file of writes, or an exported policy, would change, and apply makes it', async () => {
  const s = await startWholeServer();
  const web = await s.group('web');
  const file = join(temporaryDirectory(), 'plan.json');
  const url = s.server.listening.api;
  const plan = async (value: unknown, ...more: string[]) => {
    writeFileSync(file, JSON.stringify(value));
    return runCliInProcess(['plan', file, '--url', url, ...more]);
  };
  const rules = { inbound: [{ ...RULE, action: 'DROP' }], outbound: [] };
  const body = { name: 'web', profile_id: web.profile, rules };
  const writes = [{ method: 'PUT', path: `/api/V2/ruleset/${web.ruleset}`, body }];
  const shown = await plan(writes);
  expect([shown.code, shown.err]).toEqual([2, '']);
  expect(shown.out).toContain(`changed ruleset ${web.ruleset} (web)\ngroup web, 0 hosts\n  closes inbound any`);
  const id = /^plan ([0-9a-f]{64})$/m.exec(shown.out)?.[1] ?? '';
  const applied = await runCliInProcess(['apply', id, '--url', url]);
  expect(applied).toEqual({ code: 0, out: `written ruleset ${web.ruleset}\napplied\n`, err: '' });
  // It is so now.
  expect(await plan(writes)).toEqual({ code: 0, out: 'nothing would change\n', err: '' });

  const policy = {
    format: 'dog-trainer policy',
    version: 1,
    exported_at: 1,
    ruleset_dialect: null,
    resources: { zone: [{ id: 'z', name: 'office', ipv4_addresses: ['10.0.0.1'], ipv6_addresses: [] }] },
  };
  expect(await plan(policy)).toMatchObject({
    code: 2,
    out: expect.stringMatching(/^created zone z \(office\)\nset office_zv4: 1 added/) as string,
  });
  const all = await plan(policy, '--replace');
  expect(all.out).toContain(`removed group ${web.group} (web)\n`);
  // A pipeline takes 2 for a plan that changes something.
  for (const wrong of [['--replce'], ['--url', 'nonsense'], ['--token', 'a', '--token-file', 'b'], ['too', 'many']])
    expect([wrong, (await plan(policy, ...wrong)).code]).toEqual([wrong, 64]);
  const refused = await plan([{ method: 'DELETE', path: '/api/V2/zone/none' }]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('refused: "not found: zone with this id"')]);
  expect((await runCliInProcess(['apply', id, '--url', url])).code).toBe(1);
});
