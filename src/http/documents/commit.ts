import type { Change, CommitFailure, Stored } from '../../store/store.js';
import type { Call } from '../route.js';
import { ApiError } from '../errors.js';
import { readReason } from './reason.js';
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

/** The header that says why a write may break assertions. */
const OVERRIDE = 'x-override-reason';

/**
 * Writes all steps or none, in the caller's name. Throws what the failure means to the client; `assertion_broken` and
 * `guard_broken` where the write breaks what is asserted and gives no reason for it.
 */
export async function commitOrThrow(
  call: Pick<Call, 'deps' | 'author' | 'headers'>,
  changes: readonly Change[],
  { override = overrideOf(call), reason, plan }: CommitReasons = {},
): Promise<readonly (Stored | undefined)[]> {
  const { store, runtime } = call.deps;
  const result = await runtime.commitPolicy({ store, foresight: runtime.foresight }, changes, {
    author: call.author,
    override: override ?? null,
    reason: reason ?? null,
    plan: plan ?? null,
  });
  if (result.ok) return result.stored;
  throw failureError(result.failure, changes);
}

/** The reason in the header. Throws 400 for one that is none. */
function overrideOf({ headers }: Pick<Call, 'headers'>): string | undefined {
  const sent = headers[OVERRIDE];
  return readReason(typeof sent === 'string' ? sent : sent?.join(', '), `header ${OVERRIDE}`);
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
