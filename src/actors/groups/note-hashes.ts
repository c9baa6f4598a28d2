import type { ServerContext } from '../context.js';
import { hashFieldsOf, type RulesetOutput } from './ruleset-outputs.js';

/** Puts the hashes of a group's confirmed ruleset into its row, for those who read it; hosts are compared in memory. */
export function noteHashes({ notes }: Pick<ServerContext, 'notes'>, output: RulesetOutput): void {
  const hashes = hashFieldsOf(output);
  notes.put(`hashes ${output.groupId}`, {
    // A group that was deleted meanwhile has no row.
    changes: () => [{ op: 'edit', table: 'group', id: output.groupId, edit: (row) => ({ ...row, ...hashes }) }],
  });
}
