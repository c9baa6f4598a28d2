import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { Clock } from '../../otp/index.js';
import { noteHashes, type NoteHashesNeeds } from '../groups/note-hashes.js';
import { hashFieldsOf, outputToDoc, type RulesetOutput, type RulesetOutputs } from '../groups/ruleset-outputs.js';
import { recordRevision, type RecordRevisionNeeds } from '../groups/record-revision.js';
import type { ConvergenceBook } from '../hosts/convergence-book.js';
import { nowSeconds } from '../now-seconds.js';

export interface NoteConfirmedNeeds extends NoteHashesNeeds, Pick<RecordRevisionNeeds, 'sets' | 'groupSets'> {
  readonly clock: Pick<Clock, 'now'>;
  readonly outputs: RulesetOutputs;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly convergence: Pick<ConvergenceBook, 'rulesOut'>;
}

/**
 * The broker has confirmed a group's ruleset: from now on hosts are compared with it (not with one that
 * is still on its way), and it is not sent again. The store takes note of it when it can.
 */
export function noteConfirmed(needs: NoteConfirmedNeeds, output: RulesetOutput): void {
  const { outputs, notes, events, convergence } = needs;
  const { groupId, groupName, ruleset } = output;
  // A group that was deleted meanwhile has nothing to be noted.
  if (outputs.get(groupId) === undefined) return;
  const published: RulesetOutput = { ...output, publishedAt: nowSeconds(needs.clock) };
  const before = outputs.confirmedHashes(groupId);
  const hashes = hashFieldsOf(published);
  outputs.confirm(published);
  if (before === undefined || Object.entries(hashes).some(([field, hash]) => before[field] !== hash))
    convergence.rulesOut(groupId, hashes);
  if (outputs.get(groupId) === output) outputs.set(published);
  events.put({ kind: 'ruleset_published', group_id: groupId, group: groupName });
  recordRevision(needs, published, nowSeconds(needs.clock));
  const { rulesets } = outputs;
  notes.put(`published ${groupId}`, {
    changes: () => [
      ...rulesets.steps(ruleset),
      {
        op: 'upsert',
        table: 'ruleset_output',
        id: groupId,
        edit: (row) => {
          if (outputs.get(groupId) === undefined) return { refused: { reason: 'the group is gone' } };
          // Another ruleset was kept meanwhile, which is not confirmed.
          if (row !== undefined && row.texts !== ruleset.id) return row;
          return outputToDoc(groupId, groupName, published, outputs.failures.get(groupId));
        },
      },
    ],
    ended: rulesets.claim(ruleset),
  });
  noteHashes(needs, published);
}
