import { expect, it } from 'vitest';
import { openJournal } from '../../src/journal/open-journal.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { runTypescript } from '../support/typescript-child.js';

const WRITER = new URL('../faults/programs/journal-until-killed.ts', import.meta.url);

it('a directory that another process has is refused, and free once that was killed', async () => {
  const dir = temporaryDirectory();
  const child = runTypescript(WRITER, [dir, '0']);
  await child.firstLine;
  await expect(openJournal({ dir })).rejects.toMatchObject({ code: 'locked' });
  child.process.kill('SIGKILL');
  await child.ended;
  const journal = await openJournal({ dir });
  await journal.close();
});
