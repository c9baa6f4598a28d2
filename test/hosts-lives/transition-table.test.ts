import { describe, expect, it } from 'vitest';
import { decideTimeout } from '../../src/host/decide-timeout.js';
import {
  fieldsOf,
  HOST_EVENTS,
  HOST_STATES,
  stateOf,
  TRANSITIONS,
  type HostEvent,
  type HostState,
} from '../../src/host/host-state.js';

/**
 * docs/host-lifecycle.md#states, written down a second time: a silent host in hashfail is disconnected, not recovered,
 * and `agent_stopped` is an event of its own that only brings the deadline forward. A cell is the next state, then the
 * mail; `stay!`: the state is kept, and nothing ever asks.
 */
const DOCUMENTED = `
state             | pass_hashcheck           | fail_hashcheck            | keepalive_timeout                | retirement_timeout | agent_stopped
new               | active                   | active                    | stay!                            | stay!              | new
active            | active                   | active_hashfail hash_fail | inactive keepalive_fail          | stay!              | active
active_hashfail   | active hash_recover      | active_hashfail           | inactive_hashfail keepalive_fail | stay!              | active_hashfail
inactive          | active keepalive_recover | active_hashfail hash_fail | inactive                         | retired retirement | inactive
inactive_hashfail | active hash_recover      | active_hashfail           | stay!                            | retired retirement | inactive_hashfail
retired           | active keepalive_recover | active keepalive_recover  | stay!                            | retired            | retired`;

const [heads = [], ...lines] = DOCUMENTED.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const cells = lines.flatMap(([state = '', ...row]) =>
  row.map((cell, i) => ({ state: state as HostState, event: heads[i + 1] as HostEvent, cell })),
);

describe('the state machine of a host', () => {
  it('is documented for every pair of a state and an event', () => {
    expect(cells).toHaveLength(HOST_STATES.length * HOST_EVENTS.length);
    expect(new Set(cells.map(({ state, event }) => `${state} ${event}`))).toEqual(
      new Set(HOST_STATES.flatMap((state) => HOST_EVENTS.map((event) => `${state} ${event}`))),
    );
  });

  it.each(cells)('$state, $event: $cell', ({ state, event, cell }) => {
    const [to = '', mail] = cell === 'stay!' ? [state] : cell.split(' ');
    const step = TRANSITIONS[state][event];
    expect([step.to, step.mail, step.surprise]).toEqual([to, mail, cell === 'stay!' ? true : undefined]);
  });

  it.each(HOST_STATES)('%s is spelled by two fields and read back', (state) => {
    expect(stateOf(fieldsOf(state))).toBe(state);
  });

  it.each(cells.filter(({ event }) => event.endsWith('_timeout')))('a row follows: $state, $event', (pair) => {
    const { state, event } = pair as { state: HostState; event: 'keepalive_timeout' | 'retirement_timeout' };
    const row = { id: 'h', name: 'web1', ...fieldsOf(state) };
    const outcome = decideTimeout(row, undefined, event);
    expect(stateOf(outcome.row)).toBe(TRANSITIONS[state][event].to);
    expect(outcome.mail).toBe(TRANSITIONS[state][event].mail);
    expect(outcome.row).toMatchObject({ id: 'h', name: 'web1' });
  });
});
