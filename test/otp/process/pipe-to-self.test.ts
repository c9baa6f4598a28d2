import { describe, expect, it } from 'vitest';
import { startGenServer } from '../../../src/otp/index.js';
import type { GenServer, Message, Pid, Self } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';

interface Info extends Message {
  readonly tag: 'done' | 'failed';
  readonly what: unknown;
}

/** A process that hands its `self` out and keeps what it is told. */
class Waiter implements GenServer<never, never, never, Info> {
  readonly heard: Info[] = [];
  self: Self<Info> | undefined = undefined;

  init(self: Self<Info>): void {
    this.self = self;
  }

  handleInfo(_self: Self<Info>, message: Info): void {
    this.heard.push(message);
  }
}

function done(what: unknown): Info {
  return { tag: 'done', what };
}

function failed(what: unknown): Info {
  return { tag: 'failed', what };
}

async function waiting(maxQueue?: number) {
  const world = virtualSystem();
  const waiter = new Waiter();
  const started = await world.run(
    startGenServer(world.system, waiter, { label: 'waiter', ...(maxQueue === undefined ? {} : { maxQueue }) }),
  );
  if (typeof started !== 'object' || !('ok' in started)) throw new Error('it did not start');
  return { world, waiter, self: waiter.self as Self<Info>, pid: started.ok as Pid };
}

describe('pipeToSelf', () => {
  it('sends one message with the value, or with the error', async () => {
    const { world, waiter, self } = await waiting();
    const error = new Error('no');
    self.pipeToSelf(Promise.resolve(1), done, failed);
    self.pipeToSelf(Promise.reject(error), done, failed);
    await world.idle();
    expect(waiter.heard).toEqual([done(1), failed(error)]);
  });

  it('comes in its turn, not in the middle of a handler', async () => {
    const { world, waiter, self } = await waiting();
    self.pipeToSelf(Promise.resolve('second'), done, failed);
    self.tell(done('first'));
    await world.idle();
    expect(waiter.heard.map(({ what }) => what)).toEqual(['first', 'second']);
  });

  it('gets into a full mailbox, since an answer is waited for', async () => {
    const { world, waiter, self } = await waiting(1);
    self.tell(done('fills it'));
    expect(self.tell(done('dropped'))).toBe(false);
    const answer = Promise.resolve('answer');
    self.pipeToSelf(answer, done, failed);
    // It comes while the mailbox is still full.
    await answer;
    await world.idle();
    expect(waiter.heard.map(({ what }) => what)).toEqual(['fills it', 'answer']);
  });

  it('sends nothing to a process that has died, and swallows the rejection', async () => {
    const { world, waiter, self, pid } = await waiting();
    self.pipeToSelf(Promise.reject(new Error('late')), done, failed);
    world.system.exit(pid, 'kill', pid);
    await world.idle();
    expect(waiter.heard).toEqual([]);
    expect(world.system.stats().deadLetters).toBe(0);
    expect(self.tell(done('nobody'))).toBe(false);
  });

  it('ends the process when the message can not be made, as a throw in a handler does', async () => {
    const { world, self, pid } = await waiting();
    const fault = new Error('no message');
    self.pipeToSelf(
      Promise.resolve(1),
      () => {
        throw fault;
      },
      failed,
    );
    await world.idle();
    expect(pid.exit).toEqual({ error: fault });
    expect(world.reports).toContainEqual(expect.objectContaining({ kind: 'crash', pid }));
  });
});
