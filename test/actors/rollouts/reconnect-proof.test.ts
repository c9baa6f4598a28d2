import { describe, expect, it } from 'vitest';
import { ReconnectProof } from '../../../src/actors/rollouts/reconnect-proof.js';
import { RolloutBook } from '../../../src/actors/rollouts/rollout-book.js';

/** A management API that can be switched off, and the connections that it was told to close. */
function management() {
  const state = { away: false, connection: 'one', closed: [] as string[], asked: 0 };
  const proof = new ReconnectProof({
    connections: {
      of() {
        state.asked += 1;
        return state.away ? Promise.reject(new Error('no answer')) : Promise.resolve(state.connection);
      },
      close(connection) {
        state.closed.push(connection);
        return Promise.resolve();
      },
    },
    log: { info: () => undefined, warn: () => undefined },
  });
  return { state, proof, watch: new RolloutBook().watch('g') };
}

describe('the proof that a host can connect anew', () => {
  it('closes its connection, and is through when it is seen with another one', async () => {
    const { state, proof, watch } = management();
    await proof.advance(watch, ['h'], () => 100);
    expect([state.closed, proof.isDue(watch, 'h')]).toEqual([['one'], true]);
    await proof.advance(watch, ['h'], () => 101);
    expect(proof.isDue(watch, 'h')).toBe(true);
    state.connection = 'two';
    await proof.advance(watch, ['h'], () => 102);
    expect([state.closed, proof.isDue(watch, 'h')]).toEqual([['one'], false]);
  });

  it('asks a management API that was away again, and not all the time', async () => {
    const { state, proof, watch } = management();
    state.away = true;
    await proof.advance(watch, ['h'], () => 100);
    expect(proof.failure).toBe('no answer');
    for (let now = 101; now < 130; now += 1) await proof.tryAgain(watch, ['h'], now);
    expect(state.asked).toBe(1);
    await proof.tryAgain(watch, ['h'], 130);
    expect([state.asked, proof.failure]).toEqual([2, 'no answer']);
    state.away = false;
    await proof.tryAgain(watch, ['h'], 160);
    expect([state.asked, proof.failure]).toEqual([3, undefined]);
    await proof.tryAgain(watch, ['h'], 200);
    expect(state.asked).toBe(3);
  });
});
