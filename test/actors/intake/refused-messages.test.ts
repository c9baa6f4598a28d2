import { expect, it } from 'vitest';
import { KEPT_BODY_BYTES, RefusedMessages } from '../../../src/actors/intake/refused-messages.js';

const LETTER = { at: 5000, queue: 'ips', reason: 'malformed', detail: 'no term', body: Buffer.from('x') };

it('keeps the last ones, newest first, and counts all', () => {
  const book = new RefusedMessages(3);
  for (let n = 1; n <= 5; n++) book.add({ ...LETTER, detail: `letter ${n}` });
  expect(book.list().map(({ detail }) => detail)).toEqual(['letter 5', 'letter 4', 'letter 3']);
  expect(book.total).toBe(5);
  const [newest] = book.list();
  expect(book.get(newest?.id ?? '')).toBe(newest);
  expect(book.discard(newest?.id ?? '')).toBe(true);
  expect([book.discard(newest?.id ?? ''), book.get(newest?.id ?? ''), book.total]).toEqual([false, undefined, 5]);
  expect(book.list()).toHaveLength(2);
});

it('keeps the beginning of a large body, in memory of its own, and how large it was', () => {
  const book = new RefusedMessages();
  const body = Buffer.alloc(1_000_000, 'a');
  book.add({ ...LETTER, body });
  body.fill('b');
  const [kept] = book.list();
  expect([kept?.bytes, kept?.body.length, kept?.body.buffer.byteLength]).toEqual([
    1_000_000,
    KEPT_BODY_BYTES,
    KEPT_BODY_BYTES,
  ]);
  expect(kept?.body[0]).toBe('a'.charCodeAt(0));
});

it('bounds and escapes what a sender may have chosen', () => {
  const book = new RefusedMessages();
  book.add({ ...LETTER, hostkey: `k\u202e${'x'.repeat(5000)}`, detail: `bad\u001b[2J${'y'.repeat(5000)}` });
  const [kept] = book.list();
  expect(kept?.hostkey).toMatch(/^k\\u\{202E\}x{198}…$/);
  expect(kept?.detail).toMatch(/^bad\\u\{1B\}\[2Jy{993}…$/);
});
