import { describe, expect, it } from 'vitest';
import { ReconnectProof } from '../../src/actors/rollouts/reconnect-proof.js';
import type { RolloutWatch } from '../../src/actors/rollouts/rollout-book.js';
import { sentAt, withReport } from '../../src/rollout/host-progress.js';

function proofOf() {
  const state = { connection: 'first' as string | undefined, fails: false, now: 1000, closed: [] as string[] };
  const told: string[] = [];
  const proof = new ReconnectProof({
    connections: {
      of: async () => {
        if (state.fails) throw new Error('the management API at mq answered 500');
        return Promise.resolve(state.connection);
      },
      close: async (connection) => Promise.resolve(void state.closed.push(connection)),
    },
    log: { info: () => undefined, warn: (_fields: unknown, text?: string) => void told.push(String(text)) },
  });
  const shown = withReport(sentAt(900), { reportedAt: 950, holds: true });
  const watch: RolloutWatch = { progress: new Map([['h', shown]]), exempt: new Map(), reconnects: new Map() };
  const advance = () => proof.advance(watch, ['h'], () => state.now);
  return { state, told, proof, watch, advance };
}

describe('a host that must come back', () => {
  it('has its connection closed once, and is proven over another one', async () => {
    const { state, proof, watch, advance } = proofOf();
    expect(proof.isDue(watch, 'h')).toBe(true);
    await advance();
    expect(state.closed).toEqual(['first']);
    // What it reported over the old connection proves nothing of the new one.
    expect(watch.progress.get('h')).toEqual(sentAt(1000));
    state.now = 1010;
    // The API shows closed connections for some seconds.
    await advance();
    expect([proof.isDue(watch, 'h'), state.closed]).toEqual([true, ['first']]);
    state.connection = undefined;
    await advance();
    expect(proof.isDue(watch, 'h')).toBe(true);
    state.connection = 'second';
    await advance();
    expect(proof.isDue(watch, 'h')).toBe(false);
    expect(watch.progress.get('h')).toEqual(sentAt(1010));
    await advance();
    expect(state.closed).toEqual(['first']);
  });

  it('is looked at again where it is between two connections of its own', async () => {
    const { state, watch, advance } = proofOf();
    state.connection = undefined;
    await advance();
    expect([state.closed, watch.reconnects.size]).toEqual([[], 0]);
    state.connection = 'later';
    await advance();
    expect(state.closed).toEqual(['later']);
  });

  it('is not blamed for a management API that fails: that is told once, and over by itself', async () => {
    const { state, told, proof, watch, advance } = proofOf();
    state.fails = true;
    await advance();
    await advance();
    expect([proof.failure, told.length, watch.reconnects.size]).toEqual([
      'the management API at mq answered 500',
      1,
      0,
    ]);
    await proof.askAgain('h', 1_000_000);
    expect(proof.failure).toBeDefined();
    state.fails = false;
    await proof.askAgain('h', 2_000_000);
    expect([proof.failure, state.closed]).toEqual([undefined, []]);
    await advance();
    expect(state.closed).toEqual(['first']);
  });

  it('is asked about once at a time', async () => {
    const { state, advance } = proofOf();
    await Promise.all([advance(), advance()]);
    expect(state.closed).toEqual(['first']);
  });
});
