import { describe, expect, it } from 'vitest';
import { SERVER_EVENT_KINDS, type ServerEvent } from '../../src/events/server-event.js';
import type { NowAnswer } from '../../src/operations/now/now-answers.js';
import { eventWords } from '../../src/console/fleet/event-words.js';
import { flowText } from '../../src/console/pages/groups/flow-text.js';
import { reconnectOutcome, sentOutcome } from '../../src/console/pages/hosts/order-outcome.js';
import { verdictTone } from '../../src/console/pages/now/verdict-tone.js';
import { standingOf } from '../../src/console/fleet/standing-of.js';

const HOST = { hostkey: 'k1', name: 'web1', group: 'web' };
const GROUP = { group_id: 'g1', group: 'web' };

/** One event of each kind, with the words that it must lead to. */
const EVENTS: readonly (readonly [ServerEvent, string | null, string])[] = [
  [{ ...HOST, kind: 'host_state', from: 'active', to: 'inactive' }, '#/hosts/k1', 'is silent (was healthy)'],
  [{ ...HOST, kind: 'drift_found', differing: ['ipset_hash'] }, '#/hosts/k1', 'does not hold what it was sent: sets'],
  [{ ...HOST, kind: 'drift_mended' }, '#/hosts/k1', 'holds what it was sent again'],
  [{ ...GROUP, kind: 'compile_failed', reason: 'no such zone' }, '#/groups/g1', 'no such zone'],
  [{ ...GROUP, kind: 'compile_recovered' }, '#/groups/g1', 'compiles again'],
  [{ ...GROUP, kind: 'ruleset_published' }, '#/groups/g1', 'has new rules'],
  [
    { ...GROUP, kind: 'rollout_state', rollout: 'r1', from: 'rolling', to: 'rolling_back', why: 'hosts fell silent' },
    '#/rollouts/r1',
    'is rolling back: hosts fell silent',
  ],
  [{ kind: 'sets_published', hash: 'h' }, null, 'New sets'],
  [{ kind: 'broker_lost', connection: 'reports' }, null, 'reports is lost'],
  [{ kind: 'broker_back', connection: 'publishing' }, null, 'publishing is back'],
  [{ kind: 'store_lost', reason: 'refused' }, null, 'The store is away: refused'],
  [{ kind: 'store_back' }, null, 'The store is back'],
  [{ kind: 'alarm_set', alarm: 'a', text: 'full disk' }, '#/alarms', 'full disk'],
  [{ kind: 'alarm_cleared', alarm: 'a', text: 'full disk' }, '#/alarms', 'is over'],
  [
    { kind: 'policy_edit', change: 'changed', resource: 'zone', id: 'z1', name: 'office', author: 'ann' },
    '#/policy/zones/z1',
    'was changed by ann',
  ],
];

describe('events in plain words', () => {
  it('are there for every kind', () => {
    expect(new Set(EVENTS.map(([{ kind }]) => kind))).toEqual(new Set(SERVER_EVENT_KINDS));
  });

  it.each(EVENTS)('$kind', (event, href, text) => {
    const told = { kind: event.kind, id: 'r-1', data: { ...event, at: 1 } };
    const said = eventWords(told);
    expect(said.about?.href ?? null).toBe(href);
    expect(said.text).toContain(text);
  });

  it('say that some were missed, and show what they do not know by its kind', () => {
    expect(eventWords({ kind: 'lost', id: undefined, data: { lost: 3 } }).text).toBe('3 events were missed here');
    expect(eventWords({ kind: 'lost', id: undefined, data: { lost: null } }).text).toContain('began anew');
    expect(eventWords({ kind: 'eclipse', id: 'r-2', data: { kind: 'eclipse' } }).text).toBe('eclipse');
  });
});

describe('the tone of the verdict', () => {
  const none = { total: 0 };
  const up = { state: 'up' };
  const well = {
    status: {
      well: true,
      server: { ready: true },
      hosts: { drifted: none, silent: none },
      groups: { in_error: none },
    },
    guard: { state: 'open' },
    broker: { publishing: up, reports: up },
    store: up,
  };
  const now = (more: object = {}, status: object = {}) =>
    ({ ...well, ...more, status: { ...well.status, ...status } }) as unknown as NowAnswer;

  it.each([
    [now(), 'ok'],
    [now({}, { well: false }), 'warn'],
    [now({ guard: { state: 'off' } }), 'ok'],
    [now({ guard: { state: 'closed' } }), 'bad'],
    [now({ store: { state: 'down' } }), 'bad'],
    [now({ broker: { publishing: up, reports: { state: 'down' } } }), 'bad'],
    [now({}, { well: false, server: { ready: false } }), 'bad'],
    [now({}, { well: false, hosts: { drifted: { total: 1 }, silent: none } }), 'bad'],
    [now({}, { well: false, groups: { in_error: { total: 1 } } }), 'bad'],
  ] as const)('%#: %s', (answer, tone) => {
    expect(verdictTone(answer)).toBe(tone);
  });
});

describe('words about one host', () => {
  it.each([
    ['active', [], false, 'healthy'],
    ['active', ['ipset_hash'], false, 'converging'],
    ['active', [], true, 'unverified'],
    ['active_hashfail', ['ipset_hash'], false, 'drifted'],
    ['inactive', [], false, 'silent'],
  ] as const)('%s %j', (state, differing, unverified, word) => {
    expect(standingOf({ state, differing, unverified }).word).toBe(word);
  });

  it('say what came of an order', () => {
    expect(sentOutcome({ sent: ['ruleset', 'sets'], why: null })).toMatch(/^Sent: its rules and its sets\./);
    expect(sentOutcome({ sent: [], why: 'publishing is paused' })).toBe('Nothing was sent: publishing is paused.');
    expect(reconnectOutcome({ closed: 0 })).toContain('no connection now');
    expect(reconnectOutcome({ closed: 1 })).toContain('makes another by itself');
  });
});

describe('a flow in words', () => {
  const flow = {
    direction: 'inbound',
    family: 'v4',
    peer: { addresses: ['192.0.2.0/24'], count: '256', names: ['zone:office'] },
    protocol: 'tcp',
    ports: '22',
    state: 'NEW',
    interface: null,
    before: 'drop',
    after: 'accept',
  } as const;

  it('names the peer, else its nets', () => {
    expect(flowText(flow)).toBe('inbound tcp 22 from zone:office (new), IPv4: drop before, accept now');
    const outbound = { ...flow, direction: 'outbound', peer: { ...flow.peer, names: [] }, ports: null } as const;
    expect(flowText(outbound)).toBe('outbound tcp to 192.0.2.0/24 (new), IPv4: drop before, accept now');
    const any = { ...flow, protocol: null, peer: { addresses: ['0.0.0.0/0'], count: '4294967296', names: [] } };
    expect(flowText(any)).toContain('everything 22 from anyone');
  });
});
