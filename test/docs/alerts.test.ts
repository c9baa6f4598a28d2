import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PageShell, shellBlocks } from '../support/shell-blocks.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

it('the commands of docs/alerts.md make the signature of a post', async () => {
  const place = temporaryDirectory();
  const key = randomBytes(32);
  const body = '{"type":"alert.hash_fail","data":"ü"}';
  writeFileSync(join(place, 'body'), body);
  const shell = new PageShell(place, {
    SECRET: `whsec_${key.toString('base64')}`,
    ID: 'msg_1',
    TIMESTAMP: '1795925088',
  });
  const [block = '', ...others] = shellBlocks(readFileSync('docs/alerts.md', 'utf8'));
  expect(others).toEqual([]);
  expect(await shell.run(block)).toBe(createHmac('sha256', key).update(`msg_1.1795925088.${body}`).digest('base64'));
});
