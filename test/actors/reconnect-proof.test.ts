import { describe, expect, it } from 'vitest';
import { ReconnectProof } from '../../src/actors/rollouts/reconnect-proof.js';
import type { RolloutWatch } from '../../src/actors/rollouts/rollout-book.js';
import { sentAt, withReport } from '../../src/rollout/host-progress.js';

function proofOf() {
  const state = {
    connection: 'first' as string | undefined,
    fails: false,
    mayNotClose: false,
    tried: 0,
    now: 1000,
    closed: [] as string[],
  };
  const told: string[] = [];
  const proof = new ReconnectProof({
    connections: {
      of: async () => {
        if (state.fails) throw new Error('the management API at mq answered 500');
        return Promise.resolve(state.connection);
      },
      close: async (connection) => {
        state.tried += 1;
        if (state.mayNotClose) throw new Error('the management API at mq answered 401');
        return Promise.resolve(void state.closed.push(connection));
      },
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
    await proof.tryAgain(watch, ['h'], 1_000_000);
    expect(proof.failure).toBeDefined();
    state.fails = false;
    await proof.tryAgain(watch, ['h'], 2_000_000);
    // What had failed is what was tried.
    expect([proof.failure, state.closed]).toEqual([undefined, ['first']]);
    await advance();
    expect(state.closed).toEqual(['first']);
  });

  it('is not seen where the user may look and not close: that stays so until a close goes through', async () => {
    const { state, told, proof, watch, advance } = proofOf();
    state.mayNotClose = true;
    await advance();
    for (let now = 1001; now <= 1120; now += 1) {
      await proof.tryAgain(watch, ['h'], now);
      expect(proof.failure).toBe('the management API at mq answered 401');
    }
    expect([state.tried, told.length]).toEqual([5, 1]);
    state.mayNotClose = false;
    await proof.tryAgain(watch, ['h'], 1150);
    expect([proof.failure, state.closed, proof.isDue(watch, 'h')]).toEqual([undefined, ['first'], true]);
  });

  it('of a rollout that is over holds up no other', async () => {
    const { state, proof, watch, advance } = proofOf();
    state.fails = true;
    await advance();
    await proof.tryAgain(watch, ['another'], 2000);
    expect([proof.failure, state.closed]).toEqual([undefined, []]);
  });

  it('is asked about once at a time', async () => {
    const { state, advance } = proofOf();
    await Promise.all([advance(), advance()]);
    expect(state.closed).toEqual(['first']);
  });
});
