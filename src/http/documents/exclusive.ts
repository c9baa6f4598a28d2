import type { ResourceDeclaration } from '../../resources/resource.js';

/** Runs one piece of work at a time, in order of asking. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A queue of one. Checks that look at several documents (rules against services, deletions against users) and the
 * commit that follows must not interleave with another writer's; single documents need no queue, their commit is
 * atomic.
 */
export function makeExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    // The next one only waits its turn; a failure goes to the caller of this piece.
    last = run.catch(() => undefined);
    return run;
  };
}

/** The queue for resources that need it; others commit at once, and the store may group their commits. */
export function inTurn<T>(
  exclusive: Exclusive,
  { writtenInTurn }: Pick<ResourceDeclaration, 'writtenInTurn'>,
  work: () => Promise<T>,
): Promise<T> {
  return writtenInTurn === true ? exclusive(work) : work();
}
