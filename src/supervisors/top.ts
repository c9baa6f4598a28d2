import type { SupFlags } from '../otp/index.js';

/**
 * The flags of a supervisor whose children rest on each other from left to right: what is right of one that fell starts
 * again with it. Five times in ten seconds; then what is wrong is not here, and systemd starts the process anew.
 */
export const TOP = { strategy: 'rest_for_one', intensity: 5, periodS: 10 } as const satisfies SupFlags;
