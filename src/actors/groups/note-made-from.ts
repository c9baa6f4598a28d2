import type { Notes } from '../store/notes.js';
import type { RulesetOutput, RulesetOutputs } from './ruleset-outputs.js';

export interface NoteMadeFromNeeds {
  readonly notes: Pick<Notes, 'put'>;
  readonly outputs: Pick<RulesetOutputs, 'set'>;
}

/**
 * A group's texts have come out once more as they are, of other inputs than before: a restart need not compile those
 * again. Texts on their way to the broker are left alone, since their confirm is for the very output that was sent.
 */
export function noteMadeFrom(
  { notes, outputs }: NoteMadeFromNeeds,
  last: RulesetOutput,
  { madeFrom }: Pick<RulesetOutput, 'madeFrom'>,
): void {
  if (madeFrom === undefined || madeFrom === last.madeFrom || last.publishedAt === null) return;
  const { groupId, ruleset } = last;
  outputs.set({ ...last, madeFrom });
  notes.put(`made from ${groupId}`, {
    changes: () => [
      {
        op: 'edit',
        table: 'ruleset_output',
        id: groupId,
        edit: (row) => (row.texts === ruleset.id ? { ...row, made_from: madeFrom } : row),
      },
    ],
  });
}
