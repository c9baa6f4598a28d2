import { expect, it } from 'vitest';
import { Notes } from '../../../src/actors/store/notes.js';
import { virtualClock } from '../../../src/otp/testing/index.js';
import type { Change, CommitResult } from '../../../src/store/store.js';

function silent(): undefined {
  return undefined;
}
const log = { debug: silent, info: silent, warn: silent, error: silent };

it('writes a note that comes in the very moment in which the ones before are done, whichever step that is', async () => {
  for (let steps = 0; steps < 30; steps += 1) {
    const written: string[] = [];
    const commit = (changes: readonly Change[]): Promise<CommitResult> => {
      written.push(...changes.map((change) => ('id' in change ? change.id : '')));
      return Promise.resolve({ ok: true, stored: [] } as unknown as CommitResult);
    };
    const notes = new Notes({ store: { commit }, clock: virtualClock(), log });
    const note = (id: string) => ({ changes: () => [{ op: 'remove', table: 'setting', id } as const] });
    notes.put('a', note('a'));
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    notes.put('b', note('b'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(written, `after ${steps} steps`).toEqual(['a', 'b']);
    expect(notes.size).toBe(0);
  }
});
