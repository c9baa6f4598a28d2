import { nowSeconds } from '../now-seconds.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import type { ConvergenceBook } from '../hosts/convergence-book.js';
import { noteConfirmed, type NoteConfirmedNeeds } from './note-confirmed.js';
import type { GroupMessage } from './owed-to-groups.js';
import { noteGivenSets } from './sets-by-group.js';

export interface NoteGivenNeeds extends NoteConfirmedNeeds {
  readonly groupSets: NoteConfirmedNeeds['groupSets'] & Pick<GroupSets, 'era' | 'given' | 'gave'>;
  readonly convergence: Pick<ConvergenceBook, 'rulesOut' | 'setsOut'>;
}

/**
 * The broker has confirmed what a group was sent: its rules, its sets, or both.
 * @returns whether its hosts may have sets that the rules no longer name, so that its sets are sent once more (`OnceMore`)
 */
export function noteGiven(needs: NoteGivenNeeds, output: RulesetOutput, { rules, sets }: GroupMessage): boolean {
  const { clock, outputs, groupSets, convergence } = needs;
  const { groupId } = output;
  if (rules) noteConfirmed(needs, output);
  if (sets === undefined || outputs.get(groupId) === undefined) return false;
  const before = groupSets.given(groupId);
  // Sent once more without a change, they give hosts no more time.
  const at = before?.sha === sets.sha ? before.at : nowSeconds(clock);
  noteGivenSets(needs, groupId, { sha: sets.sha, names: sets.names, at });
  if (before?.sha !== sets.sha) convergence.setsOut(sets.hash, groupId);
  if (!rules) return false;
  const staying = new Set(sets.names);
  // Which sets hosts had before a restart is not known.
  return before?.names?.every((name) => staying.has(name)) !== true;
}
