import { serverName } from '../../otp/index.js';

/** What the observer is told: the world has changed. */
export type ObserverCast = { readonly tag: 'changed' };

export const OBSERVER = serverName<never, never, ObserverCast>('observer');
