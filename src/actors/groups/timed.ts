import type { Clock } from '../../otp/index.js';

/** The same work, and how many milliseconds its steps took, pauses not counted. */
export function* timed<Result>(
  work: Generator<void, Result>,
  clock: Pick<Clock, 'monotonic'>,
  done: (ms: number) => void,
): Generator<void, Result> {
  let ms = 0;
  for (;;) {
    const began = clock.monotonic();
    const step = work.next();
    ms += clock.monotonic() - began;
    if (step.done === true) {
      done(ms);
      return step.value;
    }
    yield;
  }
}
