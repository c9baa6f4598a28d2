import { backoffMs, type Backoff, type Self } from '../../otp/index.js';
import type { Author, Change, CommitResult, Store } from '../../store/store.js';
import { StoreError, type StoreErrorCode } from '../../store/store.js';
import type { Log } from '../../log/log.js';

export interface PatientlyNeeds {
  readonly log: Pick<Log, 'warn'>;
}

export interface StorePatientlyNeeds extends PatientlyNeeds {
  readonly store: Pick<Store, 'commit'>;
}

const WAIT: Backoff = { baseMs: 200, maxMs: 5000 };

/** Waits `ms` on the kernel's clock; sooner when the process dies. */
export function pause(self: Self, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const { clock } = self.system;
    const { signal } = self;
    const timer = clock.setTimer(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      clock.clearTimer(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Nothing that happens elsewhere makes such a call succeed: what was asked for is at fault, or the server is stopping. */
const HOPELESS: ReadonlySet<StoreErrorCode> = new Set(['incompatible', 'closed', 'read_only']);

/**
 * Does something with the store, and while the store is away or refuses tries again with backoff: that is a state, not a
 * crash, which the store shows (`StoreState`). Errors of the call itself are thrown, so the process
 * ends and is blamed.
 */
export async function patiently<T>(self: Self, needs: PatientlyNeeds, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    return tryAgain(self, needs, attempt, error);
  }
}

async function tryAgain<T>(self: Self, { log }: PatientlyNeeds, attempt: () => Promise<T>, first: unknown): Promise<T> {
  let error = first;
  for (let tries = 1; ; tries += 1) {
    if (!(error instanceof StoreError) || HOPELESS.has(error.code) || self.signal.aborted) throw error;
    if (tries === 1) log.warn({ err: error }, 'the store did not do it; trying again until it does');
    await pause(self, backoffMs(WAIT, tries, Math.random()));
    if (self.signal.aborted) throw error;
    try {
      return await attempt();
    } catch (next) {
      error = next;
    }
  }
}

/**
 * Commits patiently: the caller's message is not done before it is stored. Not audited: this is what agents and the
 * server itself write all day, so it costs one promise where the store does it at once. `mayWait`: as in `CommitBy`.
 */
export function storePatiently(
  self: Self,
  needs: StorePatientlyNeeds,
  changes: readonly Change[],
  author: Author,
  mayWait: number | false = false,
): Promise<CommitResult> {
  const attempt = (): Promise<CommitResult> => needs.store.commit(changes, { author, audit: false, mayWait });
  return attempt().catch((error: unknown) => tryAgain(self, needs, attempt, error));
}
