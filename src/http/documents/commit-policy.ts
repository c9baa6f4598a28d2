import { randomUUID } from 'node:crypto';
import { isRefused, type Judgements } from '../../plan/assertions/assess.js';
import type { Foresight, WriteCause } from '../../plan/foresight.js';
import type { Document, JsonObject } from '../../model/document.js';
import { draftStore } from '../../store/draft-store.js';
import type { Change, CommitResult, Store } from '../../store/store.js';
import { WORLD_TABLES } from '../../world/world.js';
import { judgementsJson } from '../views/judgements-view.js';
import { ApiError } from '../errors.js';

/** Where policy is written, and what tells what a write does. */
export interface PolicyWriting {
  readonly store: Store;
  readonly foresight: Foresight;
}

/** Who writes, why, and why assertions may be broken by it. */
export interface PolicyWrite extends WriteCause {
  readonly override: string | null;
}

const HELD: ReadonlySet<string> = new Set(WORLD_TABLES);

/** Names of what is broken that an error says in words. */
const MOST_NAMED = 5;

/**
 * Commits a write of policy, unless it breaks what an enforced assertion or a guard expects: what was checked is what
 * is committed, no other write of this server comes between. Throws `assertion_broken` or `guard_broken` where no reason
 * is given to break it; the reason is kept in the same commit, as row `last_override` of table `setting`, so that the
 * audit trail has all of them.
 */
export async function commitPolicy(
  { store, foresight }: PolicyWriting,
  changes: readonly Change[],
  write: PolicyWrite,
): Promise<CommitResult> {
  const commit = async (more: readonly Change[] = []): Promise<CommitResult> => {
    const result = await store.commit([...changes, ...more], { author: write.author });
    if (!result.ok) return result;
    const stored = result.stored.slice(0, changes.length);
    foresight.wrote(
      changes.flatMap((change, index) => {
        const after = stored[index]?.doc;
        const id = change.op === 'create' ? after?.id : change.id;
        return id === undefined ? [] : [{ table: change.table, id, ...(after && { after }) }];
      }),
      write,
    );
    return { ok: true, stored };
  };
  if (!changes.some(({ table }) => HELD.has(table))) return commit();
  const [{ guards }, stored] = await Promise.all([foresight.guards(), store.list('assertion')]);
  // Where nothing is asserted, writes need not wait for each other. Other tables may bring the first assertion along.
  if (guards.length === 0 && stored.length === 0 && changes.every(({ table }) => HELD.has(table))) return commit();
  return foresight.inTurn(async () => {
    const draft = draftStore(store);
    const drafted = await draft.commit(changes, { author: write.author });
    // What the draft refuses the store would refuse.
    if (!drafted.ok) return drafted;
    const assertions = (await draft.list('assertion')).map(({ doc }) => doc);
    const rows = draft.rows();
    if ((assertions.length === 0 && guards.length === 0) || !rows.some(({ table }) => HELD.has(table))) return commit();
    const { judgements } = await foresight.wouldShip(rows, {
      effects: false,
      judged: { assertions, guards, which: 'turned' },
    });
    const broken: Judgements = {
      assertions: judgements.assertions.filter(isRefused),
      guards: judgements.guards.filter(isRefused),
    };
    if (broken.assertions.length + broken.guards.length === 0) return commit();
    if (write.override === null) throw brokenError(broken);
    return commit([overrideStep(write, write.override, broken)]);
  });
}

/** The refusal of a write that breaks assertions or guards. */
export function brokenError(broken: Judgements): ApiError {
  const { assertions, guards } = broken;
  const all = [...assertions, ...guards];
  const names = all.slice(0, MOST_NAMED).map(({ name, after }) => `${name} (${after})`);
  if (all.length > names.length) names.push(`and ${all.length - names.length} more`);
  return new ApiError(
    assertions.length > 0 ? 'assertion_broken' : 'guard_broken',
    { names: names.join(', ') },
    { body: judgementsJson(broken) },
  );
}

function overrideStep({ author, plan }: PolicyWrite, reason: string, { assertions, guards }: Judgements): Change {
  const named = ({ id, name, after }: Judgements['assertions'][number]): JsonObject => ({ id, name, after });
  const row: Document = {
    id: 'last_override',
    // Two overrides never are the same row, so each is in the audit trail.
    override: randomUUID(),
    author,
    reason,
    plan,
    assertions: assertions.map(named),
    guards: guards.map(named),
  };
  return { op: 'upsert', table: 'setting', id: row.id, edit: () => row };
}
