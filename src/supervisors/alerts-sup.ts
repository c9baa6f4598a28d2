import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

/** The actor of one alert channel. */
export interface ChannelMaker {
  readonly id: string;
  readonly make: Make;
}

export interface AlertsMakers {
  readonly channels: readonly ChannelMaker[];
  /** Alerts that wait for one channel at most. */
  readonly maxQueue: number;
}

/**
 * Alerts are told by casts alone, into bounded mailboxes, one per channel: whatever becomes of one, reports go on. A
 * receiver that is away is a state; five crashes in a minute are a bug that a sixth start does not mend.
 */
export function alertsSup({ channels, maxQueue }: AlertsMakers): ChildSpec {
  return supervisorSpec('alerts_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () =>
    channels.map(({ id, make }) => workerSpec(id, make, { maxQueue })),
  );
}
