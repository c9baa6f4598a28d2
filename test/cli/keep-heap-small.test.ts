import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { USUAL } from '../../src/cli/keep-heap-small.js';

test('what V8 is given back after the start is what it has by itself', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const [flag, value] of Object.entries(USUAL))
    expect(options).toMatch(new RegExp(`--${flag}\\b.*\\n.*=${value}\\b`));
});
