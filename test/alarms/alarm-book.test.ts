import { describe, expect, it } from 'vitest';
import { AlarmBook, type AlarmEvent } from '../../src/alarms/alarm-book.js';

function book() {
  let now = 1_000_000;
  const events: AlarmEvent[] = [];
  const alarms = new AlarmBook(() => now);
  alarms.onEvent((event) => events.push(event));
  return { alarms, events, advance: (ms: number) => (now += ms) };
}

describe('the book of alarms', () => {
  it('tells once that an alarm is set and once that it is cleared, and keeps since when', () => {
    const { alarms, events, advance } = book();
    expect(alarms.set('store.full', 'the disk is full')).toBe(true);
    advance(5000);
    expect(alarms.set('store.full', 'the disk is still full')).toBe(false);
    expect(alarms.list()).toEqual([{ id: 'store.full', since: 1000, text: 'the disk is still full' }]);
    expect(alarms.clear('store.full')).toBe(true);
    expect(alarms.clear('store.full')).toBe(false);
    expect(events.map(({ kind, alarm }) => `${kind} ${alarm.id}`)).toEqual(['set store.full', 'cleared store.full']);
    expect(alarms.list()).toEqual([]);
  });

  it('sets and clears by whether there is a text', () => {
    const { alarms, events } = book();
    alarms.show('a', undefined);
    alarms.show('a', 'wrong');
    alarms.show('a', 'wrong');
    alarms.show('a', undefined);
    expect(events.map(({ kind }) => kind)).toEqual(['set', 'cleared']);
  });

  it('is bounded in number and in the length of a text', () => {
    const { alarms } = book();
    for (let i = 0; i < 1500; i += 1) alarms.set(`forged:${i}`, 'x'.repeat(5000));
    expect(alarms.size).toBe(1000);
    expect(alarms.get('forged:0')?.text).toHaveLength(1000);
    expect(alarms.set('forged:0', 'renewed')).toBe(false);
    expect(alarms.get('forged:0')?.text).toBe('renewed');
  });
});
