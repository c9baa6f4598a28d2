/** A queue of one: each piece of work begins when the one before it is done, whatever became of that. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    // A failure goes to the caller of this piece; the next one only waits its turn.
    last = run.catch(() => undefined);
    return run;
  };
}
