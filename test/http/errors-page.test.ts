import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorsPage } from '../../src/http/errors-page.js';

const PAGE = new URL('../../docs/errors.md', import.meta.url);

it('docs/errors.md is what the table of errors makes', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, errorsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(errorsPage());
});
