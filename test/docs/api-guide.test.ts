import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PageShell, shellBlocks } from '../support/shell-blocks.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

it('the commands of docs/api-guide.md do what it says', { timeout: 120_000 }, async () => {
  const w = await startWholeServer();
  await w.create('zone', { name: 'office', ipv4_addresses: ['192.0.2.0/24'], ipv6_addresses: [] });
  const shell = new PageShell(temporaryDirectory(), { TOKEN: 'none-is-asked-for' });
  const printed: string[] = [];
  for (const block of shellBlocks(readFileSync('docs/api-guide.md', 'utf8')))
    printed.push(await shell.run(block.replaceAll('http://127.0.0.1:7070', w.server.listening.api)));
  expect(printed).toHaveLength(3);
  expect(printed[0]).toContain('"name":"office"');
  // Made, changed and removed.
  expect((await w.api('GET', '/api/V2/zones')).json).toHaveLength(1);
  expect(printed[2]).toMatch(/^etag: "\S+"/im);
});
