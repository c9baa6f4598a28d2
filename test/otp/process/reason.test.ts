import { describe, expect, it } from 'vitest';
import { Pid, formatReason, isOrderly } from '../../../src/otp/index.js';

describe('exit reasons', () => {
  it('are orderly when the process ended as intended', () => {
    expect([isOrderly('normal'), isOrderly('shutdown'), isOrderly({ shutdown: 'x' })]).toEqual([true, true, true]);
    expect([isOrderly('killed'), isOrderly('noproc'), isOrderly({ error: 1 }), isOrderly({ term: 1 })]).toEqual(
      Array(4).fill(false),
    );
  });

  it('read as one short line', () => {
    expect(formatReason('killed')).toBe('killed');
    expect(formatReason({ error: new TypeError('no') })).toBe('TypeError: no');
    expect(formatReason({ error: 'thrown text' })).toBe('thrown text');
    expect(formatReason({ term: { already_started: new Pid('x') } })).toMatch(/^\{already_started: <\d+ x>\}$/);
    expect(formatReason({ shutdown: { failed_to_start_child: 'a', reason: { error: new Error('no') } } })).toBe(
      'shutdown: {failed_to_start_child: a, reason: {error: Error: no}}',
    );
    expect(formatReason({ error: new Error('x'.repeat(1000)) }).length).toBe(500);
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(formatReason({ term: loop })).toContain('...');
  });
});
