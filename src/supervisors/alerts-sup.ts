import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface AlertsMakers {
  /** An actor per channel, under the name that operators see. */
  readonly channels: readonly { readonly name: string; readonly make: Make }[];
  /** Alerts that wait for each at most. */
  readonly maxQueue: number;
}

/**
 * Alerts are told by casts alone, into bounded mailboxes, one per channel: whatever becomes of one, reports go on. A relay
 * that is away is a state; five crashes in a minute are a bug that a sixth start does not mend.
 */
export function alertsSup({ channels, maxQueue }: AlertsMakers): ChildSpec {
  return supervisorSpec('alerts_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () =>
    channels.map(({ name, make }) => workerSpec(name, make, { maxQueue })),
  );
}
