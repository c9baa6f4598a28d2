import { describe, expect, it } from 'vitest';
import { RefusedMessages } from '../../src/actors/intake/refused-messages.js';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import { observingOperations } from '../../src/operations/observing-operations.js';
import { waitingOperations } from '../../src/operations/waiting-operations.js';
import { StoreError } from '../../src/store/store.js';
import { parts, START } from './parts.js';

async function refused() {
  const p = await parts();
  const book = new RefusedMessages(2);
  const letter = { at: START + 1999, queue: 'ips', body: Buffer.from('{"a":1}') };
  book.add({ ...letter, reason: 'malformed', detail: 'went' });
  book.add({ ...letter, reason: 'malformed', detail: 'no term' });
  book.add({ ...letter, reason: 'not_handled', detail: 'died of it', hostkey: 'k1' });
  const { refusedMessages } = leadingOperations({ ...p.needs, refusedMessages: book }, { root: p.root });
  return { ...p, book, refusedMessages };
}

describe('refused messages', () => {
  it('are listed, and each is shown with what it says', async () => {
    const { refusedMessages } = await refused();
    const { messages, ...counts } = refusedMessages.list();
    expect(counts).toEqual({ total: 3, kept: 2 });
    expect(messages).toMatchObject([
      { at: START / 1000 + 1, queue: 'ips', kind: 'dead letter', from: 'k1', reason: 'not_handled', bytes: 7 },
      { kind: 'report', from: null, reason: 'malformed', detail: 'no term' },
    ]);
    const [newest] = messages;
    expect(refusedMessages.get(newest?.id ?? '')).toEqual({ ...newest, decoded: { a: 1 }, text: null, cut: false });
    expect(refusedMessages.get('none')).toBeUndefined();
  });

  it('are discarded when it is written down who did it, one or all', async () => {
    const { refusedMessages, book, store } = await refused();
    const id = book.list()[0]?.id ?? '';
    expect(await refusedMessages.discard('none', 'ann')).toBe(false);
    expect(store.commits).toEqual([]);
    store.refuses = new StoreError('unavailable', 'away');
    await expect(refusedMessages.discard(id, 'ann')).rejects.toThrow('away');
    expect(book.list()).toHaveLength(2);
    store.refuses = undefined;
    expect(await refusedMessages.discard(id, 'ann')).toBe(true);
    expect(book.list().map(({ detail }) => detail)).toEqual(['no term']);
    await refusedMessages.discardAll('ann');
    await refusedMessages.discardAll('ann');
    expect([book.list(), store.commits.length]).toEqual([[], 2]);
    expect(refusedMessages.list()).toEqual({ total: 3, kept: 0, messages: [] });
  });

  it('are none on a server that only looks on, and not known to one that waits', async () => {
    const { needs, root } = await parts();
    const looksOn = observingOperations(needs, { root, observation: () => undefined }).refusedMessages;
    expect(looksOn.list()).toEqual({ total: 0, kept: 0, messages: [] });
    expect([looksOn.get('x'), await looksOn.discard('x', 'ann')]).toEqual([undefined, false]);
    const waits = waitingOperations(needs, root, {
      standing: () => ({ role: 'follower' }),
      dialect: () => 'dog2',
      troubles: () => [],
      notes: () => [],
    }).refusedMessages;
    expect(() => waits.list()).toThrow(StoreError);
    await expect(waits.discardAll('ann')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
