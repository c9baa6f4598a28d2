import { describe, expect, it } from 'vitest';
import { Starter } from '../../src/actors/starter.js';
import type { ActorSystem, Pid } from '../../src/otp/index.js';
import { actorStage } from '../support/actors/actor-stage.js';

function shown(system: ActorSystem, pid: Pid) {
  return system.info(pid)?.published?.describe?.();
}

describe('the starter', () => {
  it('starts beside its mailbox, and says what it waits for', async () => {
    const stage = actorStage();
    let ready: () => void = () => undefined;
    const pid = await stage.start(new Starter(() => new Promise((resolve) => (ready = resolve))));
    await stage.advance(3_600_000);
    expect(shown(stage.system, pid)).toEqual({ state: 'waiting for the store' });
    ready();
    await new Promise((resolve) => setImmediate(resolve));
    await stage.idle();
    expect(shown(stage.system, pid)).toEqual({ state: 'started' });
    expect(stage.system.isAlive(pid)).toBe(true);
  });

  it('ends with the error of a start that fails, so that its supervisor tries again', async () => {
    const stage = actorStage();
    const error = new Error('no store');
    const pid = await stage.start(new Starter(() => Promise.reject(error)));
    await new Promise((resolve) => setImmediate(resolve));
    await stage.idle();
    expect(pid.exit).toEqual({ error });
  });
});
