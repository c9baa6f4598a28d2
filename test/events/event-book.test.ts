import { describe, expect, it } from 'vitest';
import { EventBook } from '../../src/events/event-book.js';

interface Said {
  readonly kind: 'said';
  readonly text: string;
}

function bookOf(most: number): EventBook<Said> {
  let now = 1000;
  return new EventBook<Said>({ most, now: () => (now += 1) });
}

function texts(book: EventBook<Said>, seq: number, limit = 100): readonly string[] {
  return book.after(seq, limit).events.map(({ event }) => event.text);
}

describe('EventBook', () => {
  it('gives what came after a number, oldest first and at most so many, with number and time', () => {
    const book = bookOf(10);
    expect(book.last).toBe(0);
    expect(book.after(0, 5)).toEqual({ lost: 0, events: [] });
    for (const text of ['a', 'b', 'c']) book.put({ kind: 'said', text });
    expect(book.last).toBe(3);
    expect(texts(book, 0)).toEqual(['a', 'b', 'c']);
    expect(texts(book, 1, 1)).toEqual(['b']);
    expect(texts(book, 3)).toEqual([]);
    expect(book.after(1, 1).events).toEqual([{ seq: 2, at: 1002, event: { kind: 'said', text: 'b' } }]);
  });

  it('keeps the newest alone and says how many are lost, for any number and size', () => {
    for (const most of [1, 2, 3, 7]) {
      const book = bookOf(most);
      for (let put = 1; put <= 20; put += 1) {
        book.put({ kind: 'said', text: String(put) });
        for (let seq = 0; seq <= put; seq += 1) {
          const { lost, events } = book.after(seq, 100);
          const all = Array.from({ length: put - seq }, (_, index) => seq + 1 + index);
          const kept = all.filter((each) => each > put - most);
          expect(events.map((each) => each.seq)).toEqual(kept);
          expect(lost).toBe(all.length - kept.length);
        }
      }
    }
  });

  it('cuts long strings and leaves all else as it is', () => {
    const book = bookOf(2);
    book.put({ kind: 'said', text: 'x'.repeat(5000) });
    expect(texts(book, 0)).toEqual([`${'x'.repeat(1000)}…`]);
  });

  it('tells listeners of every later event until they go', () => {
    const book = bookOf(2);
    let told = 0;
    const forget = book.onPut(() => (told += 1));
    book.put({ kind: 'said', text: 'a' });
    book.put({ kind: 'said', text: 'b' });
    forget();
    book.put({ kind: 'said', text: 'c' });
    expect(told).toBe(2);
  });

  it('has another name in each run', () => {
    expect(bookOf(1).run).toMatch(/^[0-9a-f]{12}$/);
    expect(bookOf(1).run).not.toBe(bookOf(1).run);
  });
});
