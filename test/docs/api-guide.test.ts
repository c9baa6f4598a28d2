import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RULE } from '../support/api-client.js';
import { PageShell, shellBlocks } from '../support/shell-blocks.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const ADDRESSES = { ipv4_addresses: ['192.0.2.0/24', '198.51.100.7'], ipv6_addresses: [] };

it('the commands of docs/api-guide.md do what it says', { timeout: 120_000 }, async () => {
  const w = await startWholeServer();
  // What a list holds besides must not be taken for the office.
  await w.create('zone', { name: 'attic', ...ADDRESSES, id: '00000000-0000-4000-8000-000000000000' });
  const office = await w.create('zone', { name: 'office', ...ADDRESSES });
  await w.create('zone', { name: 'yard', ...ADDRESSES, id: 'ffffffff-ffff-4fff-bfff-ffffffffffff' });
  const shell = new PageShell(temporaryDirectory(), { TOKEN: 'none-is-asked-for' });
  const printed: string[] = [];
  for (const block of shellBlocks(readFileSync('docs/api-guide.md', 'utf8')))
    printed.push(await shell.run(block.replaceAll('http://127.0.0.1:7070', w.server.listening.api)));
  expect(printed).toHaveLength(3);
  expect(printed[0]).toMatch(new RegExp(`\\]\\{"id":"${office}",`));
  // Made, changed and removed.
  expect((await w.api('GET', '/api/V2/zones')).json).toHaveLength(3);
  // Changed under its tag, which is good for that alone.
  expect(JSON.parse(printed[2] ?? '')).toMatchObject({ id: office, ipv4_addresses: ['192.0.2.0/24'] });
  expect((await w.api('GET', `/api/V2/zone/${office}`)).json).toMatchObject({ ipv4_addresses: ['192.0.2.0/24'] });
  const again = shell.run(
    `curl -sS -X PUT -H 'content-type: application/json' -H "if-match: $TAG" -d '{"name":"office"}' ${w.server.listening.api}/api/V2/zone/$OFFICE`,
  );
  expect(await again).toContain('"code":"stale"');
});

it('what docs/api-guide.md says of removing: what is in use goes, and ?plan=true says so before', async () => {
  const w = await startWholeServer();
  const zone = await w.create('zone', { name: 'office', ...ADDRESSES });
  const { ruleset, profile } = await w.group('web', [{ ...RULE, group_type: 'ZONE', group: zone }]);
  const plan = await w.api('DELETE', `/api/V2/zone/${zone}?plan=true`);
  expect(plan.status).toBe(200);
  expect(plan.json.warnings).toContainEqual(expect.objectContaining({ code: 'does_not_compile' }));
  expect((await w.api('DELETE', `/api/V2/zone/${zone}`)).status).toBe(204);
  await w.edit('profile', profile, { ruleset_id: ruleset });
  expect(await w.api('DELETE', `/api/V2/ruleset/${ruleset}`)).toMatchObject({
    status: 409,
    json: { code: 'in_use', errors: { 'associated with profile': [profile] } },
  });
});
