import { expect, it, onTestFinished, vi } from 'vitest';
import { Turnstile } from '../../src/actors/turnstile.js';
import { Slices } from '../../src/world/slices.js';
import { collectGarbage } from '../support/collect-garbage.js';

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function* work<Result>(steps: number, ms: number, result: () => Result): Generator<void, Result> {
  for (let step = 0; step < steps; step += 1) {
    busy(ms);
    yield;
  }
  return result();
}

it('long work is done in order, and others have their turn in between', async () => {
  const slices = new Slices();
  let turns = 0;
  let going = true;
  const count = (): void => {
    turns += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const order: string[] = [];
  await Promise.all([
    slices.run(work(30, 2, () => order.push('long'))),
    slices.run(work(1, 0, () => order.push('short'))),
    expect(
      slices.run(
        work(1, 0, () => {
          throw new Error('broken');
        }),
      ),
    ).rejects.toThrow('broken'),
    slices.run(work(1, 0, () => order.push('last'))),
  ]);
  going = false;
  expect(order).toEqual(['long', 'short', 'last']);
  // 60 ms of work in slices of 10 ms.
  expect(turns).toBeGreaterThanOrEqual(5);
});

it('what came of work is let go of while other work goes on', async () => {
  const slices = new Slices();
  let end = false;
  const endless = (function* (): Generator<void, undefined> {
    while (!end) yield;
    return undefined;
  })();
  const made = async (): Promise<WeakRef<object>> => new WeakRef(await slices.run(work(1, 0, () => ({ large: true }))));
  const first = made();
  const going = slices.run(endless);
  const result = await first;
  await collectGarbage();
  expect(result.deref()).toBeUndefined();
  end = true;
  await going;
});

it('a turnstile lets so many through at a time, in order, and hands a place on after a failure', async () => {
  const turnstile = new Turnstile(2);
  let inside = 0;
  let most = 0;
  const order: number[] = [];
  const visits = Array.from({ length: 9 }, (_, n) =>
    turnstile.run(async () => {
      inside += 1;
      most = Math.max(most, inside);
      order.push(n);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (n % 3 === 0) throw new Error(`visit ${n}`);
    }),
  );
  const ends = await Promise.allSettled(visits);
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(3);
  expect([most, inside]).toEqual([2, 0]);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('growing slices: what is done first goes on its way before much more is done; later much is done at a time', async () => {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());
  const slices = new Slices({ growing: true });
  const jobs = Array.from({ length: 400 }, (_, n) => n);
  let turn = 0;
  let going = true;
  const count = (): void => {
    turn += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const order: number[] = [];
  const inTurn = new Map<number, number>();
  await Promise.all(
    jobs.map(async (n) => {
      order.push(await slices.run(work(1, 0, () => ((now += 1), n))));
      inTurn.set(turn, (inTurn.get(turn) ?? 0) + 1);
    }),
  );
  going = false;
  expect(order).toEqual(jobs);
  const each = [...inTurn.values()];
  expect(each.slice(0, 20)).toEqual(new Array(20).fill(1));
  expect(each.at(-2)).toBe(10);
});
