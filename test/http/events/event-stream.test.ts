import { describe, expect, it } from 'vitest';
import { EventBook } from '../../../src/events/event-book.js';
import { EventStream } from '../../../src/http/events/event-stream.js';

interface Said {
  readonly kind: 'said';
  readonly text: string;
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function streamOf(most: number, wants: (event: Said) => boolean = () => true) {
  const book = new EventBook<Said>({ most, now: () => 5000 });
  const stream = new EventStream({ source: book, from: 0, gap: false, wants });
  /** All that can be read now. */
  const read = async (): Promise<string> => {
    let text = '';
    for (let idle = 0; idle < 30; idle += 1) {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) [text, idle] = [text + chunk.toString(), 0];
      await tick();
    }
    return text;
  };
  return { book, stream, read };
}

function ids(text: string): readonly number[] {
  return [...text.matchAll(/^id: [0-9a-f]+-(\d+)\nevent: said/gm)].map(([, id]) => Number(id));
}

describe('EventStream', () => {
  it('keeps nothing for a client that does not read, and tells it later how many went by', async () => {
    const { book, stream, read } = streamOf(100);
    await read();
    for (let put = 1; put <= 50_000; put += 1) {
      book.put({ kind: 'said', text: 'x'.repeat(1000) });
      if (put % 50 === 0) await tick();
    }
    // One step's worth, however many there were.
    expect(stream.readableLength).toBeLessThan(130_000);
    const text = await read();
    const [, lost] = /event: lost\ndata: \{"lost":(\d+)\}/.exec(text) ?? [];
    expect(Number(lost)).toBeGreaterThan(0);
    expect(ids(text).length + Number(lost)).toBe(50_000);
    expect(ids(text).at(-1)).toBe(50_000);
  });

  it('gives each event once and in order, however it is read', async () => {
    const { book, read } = streamOf(5000);
    let text = '';
    for (let put = 1; put <= 3000; put += 1) {
      book.put({ kind: 'said', text: 'y'.repeat(put % 700) });
      if (put % 251 === 0) text += await read();
    }
    text += await read();
    expect(ids(text)).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
    expect(text).not.toContain('event: lost');
  });

  it('goes past any number of events that are not wanted', async () => {
    const { book, read } = streamOf(5000, ({ text }) => text === 'wanted');
    for (let put = 1; put < 2000; put += 1) book.put({ kind: 'said', text: 'other' });
    book.put({ kind: 'said', text: 'wanted' });
    expect(ids(await read())).toEqual([2000]);
  });

  it('says why it ends, and then nothing more', async () => {
    const { book, stream, read } = streamOf(10);
    await read();
    stream.finish('it is time');
    book.put({ kind: 'said', text: 'late' });
    stream.finish('again');
    expect(await read()).toMatch(/^id: [0-9a-f]+-0\nevent: end\ndata: \{"reason":"it is time"\}\n\n$/);
    expect(stream.readableEnded).toBe(true);
  });
});
