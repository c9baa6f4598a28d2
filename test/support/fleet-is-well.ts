import type { FleetStatus } from '../../src/operations/fleet-answers.js';

export const FLEET_IS_WELL: FleetStatus = {
  at: 0,
  well: true,
  summary: 'all is well',
  server: { ready: true, role: 'alone', reasons: [] },
  publishing: { paused: false, since: null, author: null, waiting: 0 },
  hosts: {
    total: 0,
    by_state: { new: 0, active: 0, active_hashfail: 0, inactive: 0, inactive_hashfail: 0, retired: 0 },
    converging: 0,
    unverified: 0,
    drifted: { total: 0, first: [] },
    silent: { total: 0, first: [] },
    refused: 0,
  },
  groups: {
    total: 0,
    by_state: { pending: 0, compiled: 0, published: 0, error: 0 },
    in_error: { total: 0, first: [] },
    not_sent: { total: 0, first: [] },
    rollouts: { total: 0, first: [] },
  },
  alarms: [],
};
