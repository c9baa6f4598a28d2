import type { GroupRow } from '../../../operations/fleet-pages.js';
import type { Tone } from '../../parts/tone.js';

/** How a group stands as a whole: red where it can't be compiled or hosts of it are not as they should be. */
export function groupTone({ state, drifted, silent, pinned, not_sent: notSent }: GroupRow): Tone {
  if (state === 'error' || drifted > 0 || silent > 0) return 'bad';
  return pinned !== null || notSent !== null ? 'warn' : 'none';
}
