import { describe, expect, it } from 'vitest';
import { AlarmBook } from '../../src/alarms/alarm-book.js';
import { cast, crash, findActor, startGenServer, startSupervisor, type Pid, type Report } from '../../src/otp/index.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { ActorAlarms } from '../../src/server/reporting/actor-alarms.js';
import { started } from '../support/supervision.js';

const WORKER = 'dog_trainer/worker';
const HIGH = 300;
const LOW = 100;
/** So many messages an actor handles in a run, after which its mailbox is looked at (src/otp/process/run-loop.ts). */
const BATCH = 64;

/** A worker that handles as many messages as the test lets it, below a supervisor with 5 restarts in 10 s. */
async function slowTree() {
  const heard: ((report: Report) => void)[] = [];
  const report = (each: Report): void => heard.forEach((hear) => hear(each));
  const v = virtualSystem(Date.UTC(2026, 0, 1), { report, longMailbox: { high: HIGH, low: LOW } });
  const alarms = new AlarmBook(() => v.clock.now());
  const told: string[] = [];
  alarms.onEvent(({ kind, alarm }) => told.push(`${kind} ${alarm.id}`));
  const actorAlarms = new ActorAlarms({ system: v.system, alarms });
  heard.push((each) => actorAlarms.heard(each));
  let free = 0;
  const waiting: (() => void)[] = [];
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      if (free > 0) {
        free -= 1;
        resolve();
      } else waiting.push(resolve);
    });
  const flags = { strategy: 'one_for_one', intensity: 5, periodS: 10 } as const;
  const children = [
    {
      id: 'worker',
      start: ({ system, parent }: { readonly system: typeof v.system; readonly parent: Pid }) =>
        startGenServer(system, { handleCast: turn }, { parent, label: 'worker' }),
    },
  ];
  const root = started(await v.run(startSupervisor(v.system, () => ({ flags, children }), { label: 'dog_trainer' })));
  const worker = (): Pid => findActor(v.system, root, WORKER) as Pid;
  return {
    v,
    alarms,
    told,
    actorAlarms,
    worker,
    send: async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        cast(v.system, worker(), { tag: 'work' });
        await v.idle();
      }
    },
    handle: async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
        await v.idle();
      }
    },
    fall: async (): Promise<void> => {
      crash(v.system, worker(), 'on purpose');
      await v.idle();
    },
    text: (id: string) => alarms.get(id)?.text,
  };
}

describe('alarms of actors', () => {
  it('a long mailbox sets one alarm, which stays until few messages wait, and is cleared once', async () => {
    const { v, told, send, handle, text, alarms } = await slowTree();
    // One more is in its hands.
    await send(HIGH + 1);
    await v.advance(60_000);
    expect(told).toEqual([]);
    await send(1);
    await v.advance(1000);
    expect(told).toEqual(['set actors.mailbox']);
    expect(text('actors.mailbox')).toContain(`${WORKER} (${HIGH + 1} messages)`);
    const since = alarms.get('actors.mailbox')?.since;
    await handle(HIGH - LOW);
    await v.advance(60_000);
    // Between the marks it stays, and says how many wait now.
    expect(text('actors.mailbox')).toContain(`${WORKER} (${LOW + 1} messages)`);
    await send(HIGH);
    await v.advance(60_000);
    await handle(HIGH);
    await v.advance(60_000);
    expect([told.length, alarms.get('actors.mailbox')?.since]).toEqual([1, since]);
    // As long as an alarm is set it looks every five seconds.
    await handle(BATCH);
    await v.advance(5000);
    expect(told).toEqual(['set actors.mailbox', 'cleared actors.mailbox']);
    await send(HIGH - LOW - 1);
    await v.advance(60_000);
    expect(told).toHaveLength(2);
  });

  it('a supervisor that has used more than half of its restarts sets one, cleared when they are forgotten', async () => {
    const { v, told, fall, text } = await slowTree();
    await fall();
    await fall();
    await v.advance(1000);
    expect(told).toEqual([]);
    await fall();
    await v.advance(1000);
    expect(told).toEqual(['set actors.restarts:dog_trainer']);
    expect(text('actors.restarts:dog_trainer')).toContain('dog_trainer has used 3 of 5 restarts in 10 s');
    await fall();
    await v.advance(5000);
    expect(text('actors.restarts:dog_trainer')).toContain('has used 4 of 5');
    await v.advance(10_000);
    expect(told).toEqual(['set actors.restarts:dog_trainer', 'cleared actors.restarts:dog_trainer']);
  });

  it('a suspended actor sets one at once, cleared at once when it goes on by itself', async () => {
    const { v, told, worker, text } = await slowTree();
    await v.run(v.system.sys.suspend(worker(), { resumeAfterMs: 60_000 }));
    expect(told).toEqual([`set actors.suspended:${WORKER}`]);
    expect(text(`actors.suspended:${WORKER}`)).toContain('2026-01-01T00:01:00.000Z');
    await v.advance(59_000);
    expect(told).toHaveLength(1);
    await v.advance(1000);
    expect(told).toEqual([`set actors.suspended:${WORKER}`, `cleared actors.suspended:${WORKER}`]);
  });

  it('looks at nothing while all is well, nor after the tree has ended', async () => {
    const { v, told, fall, actorAlarms } = await slowTree();
    expect(v.clock.fireNext()).toBe(false);
    for (let n = 0; n < 3; n += 1) await fall();
    actorAlarms.stop();
    await v.advance(60_000);
    expect(told).toEqual([]);
    expect(v.clock.fireNext()).toBe(false);
  });
});
