import type { Json } from '../model/document.js';

/** The six named states of a host (docs/host-lifecycle.md#named-states). */
export const HOST_STATES = ['new', 'active', 'active_hashfail', 'inactive', 'inactive_hashfail', 'retired'] as const;
export type HostState = (typeof HOST_STATES)[number];

/**
 * What can happen to a host: two from reports, two from timers, and the agent's own good-bye
 * (docs/host-lifecycle.md#a-host-that-stops).
 */
export const HOST_EVENTS = [
  'pass_hashcheck',
  'fail_hashcheck',
  'keepalive_timeout',
  'retirement_timeout',
  'agent_stopped',
] as const;
export type HostEvent = (typeof HOST_EVENTS)[number];

/** The five mails (docs/host-lifecycle.md#mails). */
export type AlertKind = 'retirement' | 'keepalive_fail' | 'keepalive_recover' | 'hash_fail' | 'hash_recover';

/**
 * Where an event leads. `mail` absent: nobody is told. `surprise`: the Erlang server logged it as an error, because its
 * timers never asked it in that state; the state is kept.
 */
export interface Transition {
  readonly to: HostState;
  readonly mail?: AlertKind;
  readonly surprise?: true;
}

function stay(to: HostState): Transition {
  return { to };
}
function surprise(to: HostState): Transition {
  return { to, surprise: true };
}

/**
 * The table of docs/host-lifecycle.md#states. A silent host in hashfail is mailed as disconnected, not as recovered;
 * `agent_stopped` changes no state: the host only gets an earlier keepalive deadline.
 */
export const TRANSITIONS: Readonly<Record<HostState, Readonly<Record<HostEvent, Transition>>>> = {
  new: {
    pass_hashcheck: stay('active'),
    fail_hashcheck: stay('active'),
    keepalive_timeout: surprise('new'),
    retirement_timeout: surprise('new'),
    agent_stopped: stay('new'),
  },
  active: {
    pass_hashcheck: stay('active'),
    fail_hashcheck: { to: 'active_hashfail', mail: 'hash_fail' },
    keepalive_timeout: { to: 'inactive', mail: 'keepalive_fail' },
    retirement_timeout: surprise('active'),
    agent_stopped: stay('active'),
  },
  active_hashfail: {
    pass_hashcheck: { to: 'active', mail: 'hash_recover' },
    fail_hashcheck: stay('active_hashfail'),
    keepalive_timeout: { to: 'inactive_hashfail', mail: 'keepalive_fail' },
    retirement_timeout: surprise('active_hashfail'),
    agent_stopped: stay('active_hashfail'),
  },
  inactive: {
    pass_hashcheck: { to: 'active', mail: 'keepalive_recover' },
    fail_hashcheck: { to: 'active_hashfail', mail: 'hash_fail' },
    keepalive_timeout: stay('inactive'),
    retirement_timeout: { to: 'retired', mail: 'retirement' },
    agent_stopped: stay('inactive'),
  },
  inactive_hashfail: {
    pass_hashcheck: { to: 'active', mail: 'hash_recover' },
    fail_hashcheck: stay('active_hashfail'),
    keepalive_timeout: surprise('inactive_hashfail'),
    retirement_timeout: { to: 'retired', mail: 'retirement' },
    agent_stopped: stay('inactive_hashfail'),
  },
  retired: {
    pass_hashcheck: { to: 'active', mail: 'keepalive_recover' },
    fail_hashcheck: { to: 'active', mail: 'keepalive_recover' },
    keepalive_timeout: surprise('retired'),
    retirement_timeout: stay('retired'),
    agent_stopped: stay('retired'),
  },
};

/**
 * The state that a host row spells. Old data may say what has no name, (new, false) or (retired, false), or hold junk:
 * the hash half is then ignored, and an unknown `active` counts as new, so that the next report settles it.
 */
export function stateOf(row: { readonly [key: string]: Json }): HostState {
  const failed = row.hashpass === false;
  switch (row.active) {
    case 'active':
      return failed ? 'active_hashfail' : 'active';
    case 'inactive':
      return failed ? 'inactive_hashfail' : 'inactive';
    case 'retired':
      return 'retired';
    default:
      return 'new';
  }
}

/** The two row fields that spell a state. */
export function fieldsOf(state: HostState): { readonly active: string; readonly hashpass: boolean } {
  switch (state) {
    case 'active_hashfail':
      return { active: 'active', hashpass: false };
    case 'inactive_hashfail':
      return { active: 'inactive', hashpass: false };
    case 'new':
    case 'active':
    case 'inactive':
    case 'retired':
      return { active: state, hashpass: true };
  }
}
