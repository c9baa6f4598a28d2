import type { HostLine } from '../../operations/fleet-answers.js';
import { hostWords, type StateWords } from './host-words.js';

/** How a host stands: its state, and while it is healthy whether it differs and still has time, or can't be compared. */
export function standingOf({
  state,
  differing,
  unverified,
}: Pick<HostLine, 'state' | 'differing' | 'unverified'>): StateWords {
  if (state !== 'active') return hostWords(state);
  if (differing.length > 0)
    return {
      word: 'converging',
      tone: 'warn',
      meaning: 'It reports other rules or sets than it was sent, and still has time to load them.',
    };
  if (unverified)
    return {
      word: 'unverified',
      tone: 'warn',
      meaning: 'It reports, but its agent can’t show its rules, so they are not compared.',
    };
  return hostWords(state);
}
