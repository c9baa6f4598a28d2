import { packRulesetSync } from '../../src/model/stored-ruleset.js';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AgentGuardState } from '../../src/actors/guard/agent-guard-state.js';
import { DeadLetters } from '../../src/actors/intake/dead-letters.js';
import { DriftBook } from '../../src/actors/hosts/drift-book.js';
import type { Log } from '../../src/log/log.js';
import { PublishingGate } from '../../src/actors/publishing/publishing-gate.js';
import { RateLimiter } from '../../src/rates/rate-limiter.js';
import { RefusedReports } from '../../src/actors/intake/refused-reports.js';
import {
  failureFromDoc,
  outputFromDoc,
  outputToDoc,
  type RulesetOutput,
} from '../../src/actors/groups/ruleset-outputs.js';
import { virtualClock } from '../../src/otp/testing/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('the agent guard', () => {
  const guard = (hasHosts = true) => {
    const clock = virtualClock();
    return { clock, guard: new AgentGuardState({ clock, maxSilentIntervals: 2, hasHosts: () => hasHosts }) };
  };

  it('closes after two silent intervals, and opens with the first report; deadlines count from then', async () => {
    const { clock, guard: state } = guard();
    expect(state.open).toBe(true);
    state.interval();
    expect([state.open, state.silentIntervals]).toEqual([true, 1]);
    expect(state.heard()).toBe(false);
    state.interval();
    state.interval();
    expect(state.open).toBe(false);
    await clock.advance(5000);
    expect(state.heard()).toBe(true);
    expect([state.open, state.openedAt]).toEqual([true, 5000]);
    await clock.advance(5000);
    expect(state.heard()).toBe(false);
    expect(state.openedAt).toBe(5000);
  });

  it('takes an installation without hosts for empty, not for silent', () => {
    const { guard: state } = guard(false);
    for (let n = 0; n < 10; n += 1) state.interval();
    expect([state.open, state.silentIntervals]).toEqual([true, 0]);
  });
});

describe('the rate limiter', () => {
  it('gives so many a minute, and after a quiet time as many at once, never more', async () => {
    const clock = virtualClock();
    const limiter = new RateLimiter(clock, 60);
    const take = (tries: number) => Array.from({ length: tries }, () => limiter.take()).filter(Boolean).length;
    expect(take(100)).toBe(60);
    await clock.advance(1000);
    expect(take(10)).toBe(1);
    await clock.advance(30_000);
    expect(take(100)).toBe(30);
    await clock.advance(3_600_000);
    expect(take(1000)).toBe(60);
    clock.jump(-86_400_000);
    await clock.advance(1000);
    expect(take(10)).toBe(1);
  });
});

describe('refused reports', () => {
  const host = (n: number) => ({ hostkey: `host-key-${n}`, name: `n${n}`, group: 'web' });

  it('are listed newest first, one entry a host, with the count and both times', () => {
    const book = new RefusedReports(10);
    expect(book.add(1_000, host(1), 'invalid', 'why')).toBe(true);
    expect(book.add(2_000, host(2), 'unknown_host', 'why')).toBe(true);
    expect(book.add(5_000, host(1), 'invalid', 'why')).toBe(false);
    expect(book.add(6_000, { hostkey: 'host-key-1' }, 'malformed', 'other')).toBe(true);
    expect(book.list()).toEqual([
      { ...host(1), reason: 'malformed', detail: 'other', count: 3, first_at: 1, last_at: 6 },
      { ...host(2), reason: 'unknown_host', detail: 'why', count: 1, first_at: 2, last_at: 2 },
    ]);
    book.clear('host-key-1');
    expect(book.list()).toHaveLength(1);
  });

  it('are bounded: the one heard of longest ago goes', () => {
    const book = new RefusedReports(3);
    for (const n of [1, 2, 3, 1, 4]) book.add(n, host(n), 'invalid', 'why');
    expect(book.list().map(({ hostkey }) => hostkey)).toEqual(['host-key-4', 'host-key-1', 'host-key-3']);
    // It was looked at, not heard of again.
    book.add(5, host(5), 'unknown_host', 'why');
    book.add(6, host(6), 'invalid', 'why');
    book.passed('host-key-5');
    for (const n of [7, 8]) book.add(n, host(n), 'invalid', 'why');
    expect(book.list().map(({ hostkey }) => hostkey)).toEqual(['host-key-8', 'host-key-7', 'host-key-6']);
  });

  it('tell whose addresses are refused, heard of longest ago first, and when one of those had to make room', () => {
    const told: (readonly string[])[] = [];
    const book = new RefusedReports(2, (hostkeys) => told.push(hostkeys));
    for (const n of [1, 2]) book.add(n, host(n), 'addresses', 'why');
    book.add(3, host(3), 'invalid', 'why');
    expect(told).toEqual([['host-key-1'], ['host-key-1', 'host-key-2'], ['host-key-2']]);
  });
});

describe('the drift book', () => {
  it('counts hosts by hash, as of their last reports', () => {
    const book = new DriftBook();
    book.observe('a', ['ipset_hash', 'hash4_ipsets'], 10);
    book.observe('b', ['ipset_hash'], 11);
    book.observe('a', ['ipset_hash'], 12);
    expect([book.count('ipset_hash'), book.count('hash4_ipsets')]).toEqual([2, 0]);
    expect(book.get('a')).toMatchObject({ since: 10, repairs: 0, lastRepairAt: null, differing: ['ipset_hash'] });
    book.repaired('a', 20);
    expect(book.get('a')).toMatchObject({ since: 10, repairs: 1, lastRepairAt: 20 });
    book.observe('a', [], 30);
    expect(book.get('a')).toBeUndefined();
    book.repaired('a', 31);
    expect(book.get('a')).toBeUndefined();
    book.forget('b');
    expect(book.count('ipset_hash')).toBe(0);
  });
});

describe('the publishing gate', () => {
  it('knows who turned it last, also after it was opened again', () => {
    const gate = new PublishingGate();
    expect([gate.paused, gate.lastChange]).toEqual([false, undefined]);
    gate.set(true, { author: 'ann', since: 1 });
    expect([gate.paused, gate.lastChange?.author]).toEqual([true, 'ann']);
    gate.set(false, { author: 'bob', since: 2 });
    expect([gate.paused, gate.lastChange]).toEqual([false, { author: 'bob', since: 2 }]);
  });
});

describe('dead letters', () => {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const letter = (n: number) => ({
    at: n,
    queue: 'ips',
    reason: 'why',
    detail: 'because',
    body: Buffer.from(`body ${n}`),
  });
  const lines = (path: string) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { at: number }).at);

  it('are kept in order, bodies as they came; bounded; and go on after a restart', async () => {
    const path = `${temporaryDirectory()}/below/dead-letters.ndjson`;
    const open = () => new DeadLetters({ path, max: 3, log: silent, maxAgeMs: 1000, now: () => 0 });
    const first = open();
    await Promise.all([1, 2].map((n) => first.add(letter(n))));
    const second = open();
    await second.add(letter(3));
    expect(lines(path)).toEqual([1, 2, 3]);
    expect(existsSync(`${path}.old`)).toBe(false);
    await second.add(letter(4));
    expect([lines(`${path}.old`), lines(path)]).toEqual([[1, 2, 3], [4]]);
    expect([first.total, second.total]).toEqual([2, 2]);
    const { body } = JSON.parse(readFileSync(path, 'utf8')) as { body: string };
    expect(Buffer.from(body, 'base64').toString()).toBe('body 4');
  });

  it('that cannot be written are only lost: nobody waits for ever', async () => {
    const errors: unknown[] = [];
    const log = { ...silent, error: (fields: unknown) => void errors.push(fields) } as unknown as Log;
    const letters = new DeadLetters({
      path: '/dev/null/dead-letters.ndjson',
      max: 3,
      log,
      maxAgeMs: 1000,
      now: () => 0,
    });
    await letters.add(letter(1));
    expect([letters.total, errors.length]).toEqual([1, 1]);
  });
});

describe('a group’s output as it is stored', () => {
  const text = (name: string) => ({ text: `text ${name}`, hash: `hash ${name}` });
  const output: RulesetOutput = {
    groupId: '1',
    groupName: 'web',
    dialect: 'dog1',
    ruleset: packRulesetSync({ set4: text('a'), set6: text('b'), unset4: text('c'), unset6: text('d') }, [
      'web_gv4',
      'web_gv6',
    ]),
    compiledAt: 5,
    publishedAt: null,
  };
  const failure = { error: { reason: 'rule', message: 'no' }, at: 7 };

  it('comes back as it was, published or not, with its failure', () => {
    for (const publishedAt of [null, 9]) {
      const doc = JSON.parse(JSON.stringify(outputToDoc('1', 'web', { ...output, publishedAt }, failure))) as never;
      expect(outputFromDoc(doc, output.ruleset)).toEqual({ ...output, publishedAt });
      expect(failureFromDoc(doc)).toEqual(failure);
    }
    expect(failureFromDoc(outputToDoc('1', 'web', output, undefined))).toBeUndefined();
  });

  it('without a good ruleset, or with junk in it, is none', () => {
    expect(outputFromDoc(undefined, output.ruleset)).toBeUndefined();
    expect(outputFromDoc(outputToDoc('1', 'web', undefined, failure), undefined)).toBeUndefined();
    const whole = outputToDoc('1', 'web', output, undefined);
    for (const field of ['id', 'group_name', 'dialect'])
      expect(outputFromDoc({ ...whole, [field]: 7 }, output.ruleset), field).toBeUndefined();
  });
});
