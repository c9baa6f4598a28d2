import { expect, it } from 'vitest';
import { refusedAlarm } from '../../../src/actors/publishing/refused-alarm.js';
import { leadingOperations } from '../../../src/operations/leading-operations.js';
import { parts, START } from '../parts.js';

const NOW = START / 1000;

async function queueOf(held: Readonly<Record<string, string>> = {}, { room = true } = {}) {
  const p = await parts();
  const { queue, link: _link } = p.needs;
  const { clock } = p.v;
  p.world.reconcile('group', [
    { id: 'g1', name: 'web' },
    { id: 'g2', name: 'db' },
  ]);
  const shown = {
    waiting: new Map([
      ['g2', { since: clock.monotonic() - 2000, force: false }],
      ['g1', { since: clock.monotonic() - 9000, force: false }],
    ]),
    held: new Map(Object.entries(held)),
    room: { has: () => room },
  };
  // `queue` is read-only to who looks on.
  Object.assign(queue, { rules: shown });
  return { ...p, queue, answer: () => leadingOperations(p.needs, { root: p.root }).now.publishingQueue() };
}

it('lists who waits, the oldest first, and for what', async () => {
  const { answer } = await queueOf({ g2: 'waits for the sets blocked_gv4' });
  expect(answer()).toMatchObject({
    at: NOW,
    paused: false,
    since: null,
    author: null,
    waiting: [
      { what: 'ruleset', group_id: 'g1', group: 'web', since: NOW - 9, state: 'debouncing', held: null },
      {
        what: 'ruleset',
        group_id: 'g2',
        group: 'db',
        since: NOW - 2,
        state: 'held',
        held: 'waits for the sets blocked_gv4',
      },
    ],
    waiting_total: 2,
    outbox: { messages: 0, bytes: 0, in_flight: 0, oldest_at: null, blocked: null },
    confirms: { count: 0, p50_ms: null },
  });
});

it('says that the outbox has no room', async () => {
  const { answer } = await queueOf({}, { room: false });
  expect(answer().waiting.map(({ state }) => state)).toEqual(['waiting for room', 'waiting for room']);
});

it('says at once that publishing was paused, by whom and when, or that no agent is heard', async () => {
  const { answer, needs } = await queueOf();
  (needs.gate as unknown as { set(paused: boolean, by: object): void }).set(true, { author: 'ann', since: NOW - 60 });
  expect(answer()).toMatchObject({ paused: true, since: NOW - 60, author: 'ann' });
  expect(answer().waiting.map(({ held }) => held)).toEqual(['publishing is paused', 'publishing is paused']);
  needs.guard.interval();
  expect(answer().waiting[0]).toMatchObject({ state: 'held', held: 'no agent is heard' });
});

it('shows the sets first', async () => {
  const { answer, queue, v } = await queueOf();
  let held: 'loading' | undefined = undefined;
  Object.assign(queue, { sets: () => ({ since: v.clock.monotonic() - 3000, held }) });
  const sets = { what: 'sets', group_id: null, group: null, since: NOW - 3 };
  expect(answer().waiting[0]).toEqual({ ...sets, state: 'debouncing', held: null });
  held = 'loading';
  expect(answer().waiting[0]).toEqual({ ...sets, state: 'held', held: 'policy is not loaded yet' });
  expect(answer().waiting_total).toBe(3);
  Object.assign(queue, { sets: () => ({ since: undefined, held: undefined }) });
  expect(answer().waiting_total).toBe(2);
});

it('gives at most 200 and counts the others', async () => {
  const { answer, queue, v } = await queueOf();
  const waiting = new Map(
    Array.from({ length: 300 }, (_, at) => [`g${at}`, { since: v.clock.monotonic() - at, force: false }]),
  );
  Object.assign(queue, { rules: { waiting, held: new Map(), room: { has: () => true } } });
  const { waiting: shown, waiting_total } = answer();
  expect([shown.length, waiting_total, shown[0]?.group_id]).toEqual([200, 300, 'g299']);
});

it('shows what the broker refuses as its alarms tell it, and no other alarm', async () => {
  const { answer, alarms } = await queueOf();
  alarms.set('store.slow', 'it is slow');
  alarms.set(refusedAlarm('host/key-1'), 'RabbitMQ did not take it. Queues that refuse messages: "q" (full).');
  expect(answer()).toMatchObject({
    refused: [{ target: 'host/key-1', why: expect.stringContaining('"q" (full)') as string, since: NOW }],
    refused_total: 1,
  });
  for (let at = 0; at < 300; at += 1) alarms.set(refusedAlarm(`group/${at}`), 'no');
  expect([answer().refused.length, answer().refused_total]).toEqual([200, 301]);
});
