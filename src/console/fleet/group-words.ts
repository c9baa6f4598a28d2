import type { GroupState } from '../../operations/fleet-answers.js';
import type { StateWords } from './host-words.js';

/** The states of groups, as people call them. */
export const GROUP_WORDS: Readonly<Record<GroupState, StateWords>> = {
  published: { word: 'published', tone: 'ok', meaning: 'The broker has confirmed its rules.' },
  compiled: {
    word: 'on its way',
    tone: 'info',
    meaning: 'Its rules are compiled, and the broker has not confirmed them yet.',
  },
  pending: { word: 'nothing yet', tone: 'info', meaning: 'Nothing has been compiled for it yet.' },
  error: {
    word: 'in error',
    tone: 'bad',
    meaning: 'Its policy can’t be compiled. Its hosts keep the last rules that were good.',
  },
};

/** Every state, those that need somebody first. */
export const GROUP_STATES: readonly GroupState[] = ['error', 'pending', 'compiled', 'published'];
