import type { Change, CommitFailure, Stored } from '../../store/store.js';
import type { Call } from '../route.js';
import { ApiError } from '../errors.js';
import { refusedError } from './refusal.js';
import { entityTag, staleError } from './preconditions.js';

/** The refusal of a new document because another one has its id or name. */
export function existsError(field: string, id: string): ApiError {
  return new ApiError('exists', {}, { body: { field, id } });
}

/** Why a commit is made, beside who makes it. */
export interface CommitReasons {
  /** Why assertions may be broken by it. */
  readonly override?: string | undefined;
  /** Why it is made at all. */
  readonly reason?: string | undefined;
  /** The plan that it is made of. */
  readonly plan?: string | undefined;
}

/** Writes all steps or none, in the caller's name. Throws what the failure means to the client. */
export async function commitOrThrow(
  call: Pick<Call, 'deps' | 'author'>,
  changes: readonly Change[],
  reasons: CommitReasons = {},
): Promise<readonly (Stored | undefined)[]> {
  const result = await call.deps.store.commit(changes, { author: call.author });
  if (result.ok) {
    call.deps.runtime.foresight.wrote(
      changes.flatMap((change, index) => {
        const id = change.op === 'create' ? result.stored[index]?.doc.id : change.id;
        const after = result.stored[index]?.doc;
        return id === undefined ? [] : [{ table: change.table, id, ...(after && { after }) }];
      }),
      { author: call.author, reason: reasons.reason ?? null, plan: reasons.plan ?? null },
    );
    return result.stored;
  }
  throw failureError(result.failure, changes);
}

function failureError(failure: CommitFailure, changes: readonly Change[]): Error {
  switch (failure.reason) {
    case 'taken':
      return existsError(failure.field, failure.existing.doc.id);
    case 'id_taken':
      return existsError('id', failure.existing.doc.id);
    case 'not_found':
      return new ApiError('not_found', { what: 'no document has this id' });
    case 'stale': {
      const change = changes[failure.index];
      const wanted = change !== undefined && 'ifRevision' in change ? (change.ifRevision ?? 0) : 0;
      return staleError(`"${wanted}"`, entityTag(failure.current));
    }
    case 'refused':
      return refusedError(failure.refused);
  }
}
