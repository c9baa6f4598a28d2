import type { HostState } from '../../host/host-state.js';
import type { Tone } from '../parts/tone.js';

/** How something stands, in a word and in a sentence. */
export interface StateWords {
  readonly word: string;
  readonly tone: Tone;
  readonly meaning: string;
}

/** The states of hosts (docs/host-lifecycle.md#named-states), as people call them. */
export const HOST_WORDS: Readonly<Record<HostState, StateWords>> = {
  active: { word: 'healthy', tone: 'ok', meaning: 'It reports, and holds what it was sent.' },
  active_hashfail: {
    word: 'drifted',
    tone: 'bad',
    meaning:
      'It reports, and holds other rules or sets than it was sent. It is sent them again by itself, unless publishing is paused.',
  },
  inactive: {
    word: 'silent',
    tone: 'bad',
    meaning: 'It has not reported for too long. When it was last heard it held what it was sent.',
  },
  inactive_hashfail: {
    word: 'drifted and silent',
    tone: 'bad',
    meaning:
      'It has not reported for too long, and when it was last heard it held other rules or sets than it was sent.',
  },
  new: { word: 'new', tone: 'info', meaning: 'It has registered, and has not shown yet what it holds.' },
  retired: {
    word: 'retired',
    tone: 'none',
    meaning:
      'It has been silent for so long that its addresses are in no set any more. Its next report brings it back.',
  },
};

/** The words for a state; one that this page does not know stands as it is. */
export function hostWords(state: string): StateWords {
  return HOST_WORDS[state as HostState] ?? { word: state, tone: 'none', meaning: '' };
}

/** Every state, those that most hosts are in and those that need somebody first. */
export const HOST_ORDER: readonly HostState[] = [
  'active',
  'active_hashfail',
  'inactive',
  'inactive_hashfail',
  'new',
  'retired',
];
