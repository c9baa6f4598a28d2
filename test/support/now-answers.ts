import type { Convergence, NowAnswer } from '../../src/operations/now/now-answers.js';
import type { PublishingQueue } from '../../src/operations/now/publishing-answers.js';
import { FLEET_IS_WELL } from './fleet-is-well.js';

const UP = { state: 'up', since: 0, why: null } as const;
const JOURNAL = { state: 'off', why: null, messages: 0, bytes: 0 } as const;

/** All is well, and nothing goes on. */
export const NOW_IS_WELL: NowAnswer = {
  at: 0,
  status: FLEET_IS_WELL,
  guard: { state: 'open', why: null, since: 0 },
  broker: { publishing: UP, reports: UP },
  store: UP,
  mail: { ...UP, on: true, waiting: 0 },
  webhook: { state: 'off', since: null, why: null, on: false, waiting: 0 },
  leader: { role: 'alone', name: null, term: null },
  journal: JOURNAL,
  rollouts: [],
  rollouts_total: 0,
};

export const NOTHING_CONVERGES: Convergence = { open: [], open_total: 0, done: [] };

export const NOTHING_WAITS: PublishingQueue = {
  at: 0,
  paused: false,
  since: null,
  author: null,
  waiting: [],
  waiting_total: 0,
  outbox: { messages: 0, bytes: 0, in_flight: 0, oldest_at: null, blocked: null },
  journal: JOURNAL,
  confirms: { count: 0, p50_ms: null, p99_ms: null, max_ms: null },
  refused: [],
  refused_total: 0,
  refused_exchanges: [],
};
