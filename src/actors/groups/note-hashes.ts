import type { Notes } from '../store/notes.js';
import { hashFieldsOf, type RulesetOutput } from './ruleset-outputs.js';

export interface NoteHashesNeeds {
  readonly notes: Pick<Notes, 'put'>;
}

/** Puts the hashes of a group's confirmed ruleset into its row, for those who read it; hosts are compared in memory. */
export function noteHashes({ notes }: NoteHashesNeeds, output: RulesetOutput): void {
  const hashes = hashFieldsOf(output);
  notes.put(`hashes ${output.groupId}`, {
    // A group that was deleted meanwhile has no row.
    changes: () => [{ op: 'edit', table: 'group', id: output.groupId, edit: (row) => ({ ...row, ...hashes }) }],
  });
}
