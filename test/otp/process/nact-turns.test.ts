import { describe, expect, it } from 'vitest';
import { nactTurns } from '../../../src/otp/process/nact-turns.js';

describe('turns given by nact', () => {
  it('run who asked first first, never inside of asking, those too that are asked for in a run', async () => {
    const ran: string[] = [];
    const ask = nactTurns().open<string>(
      (who) => {
        ran.push(who);
        if (who === 'a') ask('c');
      },
      () => undefined,
    );
    ask('a');
    ask('b');
    expect(ran).toEqual([]);
    await expect.poll(() => ran).toEqual(['a', 'b', 'c']);
  });

  it('go on after a run that threw', async () => {
    const ran: string[] = [];
    const failed: string[] = [];
    const ask = nactTurns().open<string>(
      (who) => {
        ran.push(who);
        if (who === 'bad') throw new Error('bad');
      },
      (who) => failed.push(who),
    );
    ask('bad');
    ask('good');
    await expect.poll(() => ran).toEqual(['bad', 'good']);
    ask('bad');
    await expect.poll(() => failed).toEqual(['bad', 'bad']);
  });

  it('let the event loop go round though somebody asks again and again', async () => {
    let runs = 0;
    let stop = false;
    const ask = nactTurns().open<string>(
      (who) => {
        runs++;
        if (!stop) ask(who);
      },
      () => undefined,
    );
    ask('busy');
    // Would never come if the turns were without an end.
    await new Promise((resolve) => setTimeout(resolve, 1));
    stop = true;
    expect(runs).toBeGreaterThan(1);
  });
});
