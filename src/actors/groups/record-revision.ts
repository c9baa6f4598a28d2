import { createHash } from 'node:crypto';
import type { Document } from '../../model/document.js';
import type { Notes } from '../store/notes.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { SetBook } from '../../world/set-book.js';
import { hashFieldsOf, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';

export interface RecordRevisionNeeds {
  readonly outputs: Pick<RulesetOutputs, 'revisions' | 'rulesets'>;
  readonly notes: Pick<Notes, 'put'>;
  /** What sets hold as they were published last. */
  readonly sets: Pick<SetBook, 'published'>;
  readonly groupSets: Pick<GroupSets, 'of'>;
}

/** The row of table `revision` that says which is a group's newest. */
export function headId(groupId: string): string {
  return groupId;
}

/** The row of a revision. */
export function revisionId(groupId: string, number: number): string {
  return `${groupId}/${number}`;
}

const hashes = new WeakMap<readonly string[], string>();

/** Contents of sets are never changed in place, so each is hashed once. */
function contentHash(addresses: readonly string[]): string {
  const known = hashes.get(addresses);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(addresses.join('\n')).digest('hex');
  hashes.set(addresses, hash);
  return hash;
}

/**
 * A group's published ruleset is a revision, unless it is the newest one again, or the one at which the group is held.
 * The store takes note of it when it can. `at`: when it was confirmed, epoch seconds.
 */
export function recordRevision(needs: RecordRevisionNeeds, output: RulesetOutput, at: number): void {
  const { outputs, notes, sets, groupSets } = needs;
  const { revisions, rulesets } = outputs;
  const { groupId, groupName, ruleset, compiledAt } = output;
  if (revisions.numberOf(groupId, ruleset.id) !== undefined) return;
  const number = (revisions.last(groupId)?.number ?? 0) + 1;
  revisions.noteLast(groupId, { number, texts: ruleset.id });
  const cause = revisions.cause(groupId);
  const contents = sets.published?.contents;
  const id = revisionId(groupId, number);
  const row: Document = {
    id,
    group_id: groupId,
    group_name: groupName,
    number,
    texts: ruleset.id,
    hashes: { ...hashFieldsOf(output) },
    sets: ruleset.sets.map((name) => {
      const content = contents?.get(name);
      return { name, hash: content === undefined ? null : contentHash(content) };
    }),
    ipset_hash: groupSets.of(ruleset.sets)?.hash ?? sets.published?.hash ?? null,
    author: cause?.author ?? 'system',
    reason: cause?.reason ?? null,
    plan: cause?.plan ?? null,
    compiled_at: compiledAt,
    confirmed_at: at,
  };
  const giveBack = rulesets.claim(ruleset);
  notes.put(`revision ${id}`, {
    changes: () => [
      ...rulesets.steps(ruleset),
      { op: 'upsert', table: 'revision', id, edit: () => row },
      {
        op: 'upsert',
        table: 'revision',
        id: headId(groupId),
        edit: (head) =>
          head !== undefined && Number(head['last']) > number
            ? head
            : { id: headId(groupId), last: number, texts: ruleset.id },
      },
    ],
    ended() {
      giveBack();
      // There may be one more than are kept now.
      rulesets.abandoned = true;
    },
  });
}
