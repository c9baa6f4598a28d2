import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AlertChannelActor, type AlertLimits } from '../../src/actors/alerts/alert-channel-actor.js';
import { channelActor } from '../../src/actors/alerts/alert-messages.js';
import { DeliveredInPart, NotDelivered, type AlertChannel } from '../../src/alerts/alert-channel.js';
import { channelFigures } from '../../src/alerts/channel-figures.js';
import { DeadLetterBox } from '../../src/alerts/dead-letter-box.js';
import type { Notice } from '../../src/alerts/notice.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { cast, startGenServer, stopGenServer } from '../../src/otp/index.js';
import { virtualSystem, type VirtualSystem } from '../../src/otp/testing/index.js';
import { jsonLines } from '../support/smtp-relay.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { alertOf } from '../support/test-mailer.js';

const LIMITS: AlertLimits = {
  digest_window_seconds: 60,
  digest_after: 5,
  retry_min_seconds: 5,
  retry_max_seconds: 300,
  retry_limit: 10,
  queue_max: 100,
};
const NAME = channelActor('pager');

interface Rig {
  readonly limits?: Partial<AlertLimits>;
  readonly maxQueue?: number;
  readonly path?: string;
  readonly random?: number;
}

/** The actor of a channel `pager`, alone on virtual time; `deliver` gets each try with its number. */
async function rig(deliver: (notice: Notice, tryNumber: number) => Promise<void> | void, options: Rig = {}) {
  const v = virtualSystem();
  const metrics = createMetrics();
  const logged: string[] = [];
  const note = (_fields: object, message: string): void => void logged.push(message);
  const log = { info: note, warn: note };
  const tries: { readonly at: number; readonly notice: Notice }[] = [];
  const channel: AlertChannel = {
    name: 'pager',
    deliver: async (notice) => {
      tries.push({ at: v.clock.monotonic() / 1000, notice });
      await deliver(notice, tries.length);
    },
  };
  const deadLetters = new DeadLetterBox({ path: options.path, max: 50, log });
  const actor = new AlertChannelActor({
    channel,
    words: { receiver: 'gateway', letter: 'page' },
    to: ['ops'],
    limits: { ...LIMITS, ...options.limits },
    clock: v.clock,
    log,
    figures: [channelFigures(metrics, 'pager', 'pager')],
    deadLetters,
    random: () => options.random ?? 0,
  });
  const maxQueue = options.maxQueue;
  await v.run(
    startGenServer(v.system, actor, { name: NAME, trapExit: true, ...(maxQueue === undefined ? {} : { maxQueue }) }),
  );
  const pid = v.system.whereis(NAME);
  if (pid === undefined) throw new Error('the actor has not started');
  return {
    v,
    logged,
    tries,
    actor,
    dead: deadLetters.letters,
    tell: (...names: readonly string[]) =>
      names.map((name) => cast(v.system, NAME, { tag: 'alert', alert: alertOf('retirement', name) })),
    headlines: () => tries.map(({ notice }) => notice.headline),
    seconds: () => tries.map(({ at }) => at),
    shown: () => v.system.info(pid)?.published?.describe?.(),
    figure: async (line: string) => (await metrics.registry.metrics()).includes(`${line}\n`),
    stop: () => patiently(v, stopGenServer(v.system, NAME)),
    kill: () => v.system.exit(pid, 'kill', pid),
  };
}

/** Lets time pass until `work` is done; where no timer is left, it waits for the disk. */
async function patiently(v: VirtualSystem, work: Promise<void>): Promise<void> {
  let done = false;
  const note = (): void => void (done = true);
  work.then(note, note);
  for (await v.idle(); !done; await v.idle()) {
    if (!v.clock.fireNext()) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await work;
}

function names(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, n) => `h${n + from}`);
}

function away(): never {
  throw new NotDelivered('no route', { again: 'later', away: true });
}

describe('the actor of an alert channel', () => {
  it('delivers alerts one by one, and shows what it has done', async () => {
    const r = await rig(() => undefined);
    expect(r.shown()).toEqual({ gateway: 'up', waiting: 0, gathered: 0, sent: 0, dead: 0 });
    r.tell('h0', 'h1');
    await r.v.idle();
    expect(r.headlines()).toEqual(['Dog Agent Retired: "h0"', 'Dog Agent Retired: "h1"']);
    expect(r.tries[0]?.notice).toMatchObject({ type: 'single', alert: { kind: 'retirement' } });
    expect(r.shown()).toEqual({ gateway: 'up', waiting: 0, gathered: 0, sent: 2, dead: 0 });
    expect(await r.figure('dog_trainer_alerts_delivered_total{map_key="pager"} 2')).toBe(true);
  });

  it('has one delivery under way at a time', async () => {
    const release: (() => void)[] = [];
    const r = await rig(() => new Promise<void>((resolve) => void release.push(resolve)));
    r.tell('h0', 'h1');
    await r.v.idle();
    expect(r.tries).toHaveLength(1);
    release[0]?.();
    await r.v.idle();
    expect(r.tries).toHaveLength(2);
  });

  it('gathers what comes after the first five of a window, and goes back to single alerts after a quiet one', async () => {
    const r = await rig(() => undefined);
    r.tell(...names(8));
    await r.v.idle();
    expect(r.shown()).toMatchObject({ sent: 5, gathered: 3 });
    await r.v.advance(59_999);
    expect(r.tries).toHaveLength(5);
    await r.v.advance(1);
    expect(r.tries[5]?.notice).toMatchObject({
      type: 'digest',
      headline: 'Dog Alerts: 3 in 60 seconds (3 retired)',
      seconds: 60,
    });
    r.tell('again');
    await r.v.idle();
    expect(r.tries).toHaveLength(6);
    await r.v.advance(60_000);
    expect(r.headlines().at(-1)).toBe('Dog Alerts: 1 in 60 seconds (1 retired)');
    await r.v.advance(60_000);
    r.tell('single');
    await r.v.idle();
    expect(r.headlines().at(-1)).toBe('Dog Agent Retired: "single"');
    expect(await r.figure('dog_trainer_alerts_delivered_total{map_key="pager"} 10')).toBe(true);
  });

  it('counts what a digest has no room for', async () => {
    const r = await rig(() => undefined, { limits: { digest_after: 1, queue_max: 3 } });
    r.tell(...names(11));
    await r.v.idle();
    expect(r.shown()).toMatchObject({ gathered: 10 });
    await r.v.advance(60_000);
    const digest = r.tries[1]?.notice;
    expect(digest?.headline).toBe('Dog Alerts: 10 in 60 seconds (10 retired)');
    expect(digest?.type === 'digest' && digest.alerts).toHaveLength(3);
  });

  it('waits ever longer for a receiver that is away, everything with it, and says so', async () => {
    const r = await rig((_notice, n) => (n <= 4 ? away() : undefined), { limits: { retry_max_seconds: 12 } });
    r.tell('h0', 'h1');
    await r.v.idle();
    expect(r.shown()).toEqual({ gateway: 'away', reason: 'no route', waiting: 2, gathered: 0, sent: 0, dead: 0 });
    expect(await r.figure('dog_trainer_outage{map_key="pager"} 1')).toBe(true);
    expect(await r.figure('dog_trainer_alerts_waiting{map_key="pager"} 2')).toBe(true);
    await r.v.advance(60_000);
    expect(r.seconds()).toEqual([0, 5, 15, 27, 39, 39]);
    expect(r.shown()).toEqual({ gateway: 'up', waiting: 0, gathered: 0, sent: 2, dead: 0 });
    expect(r.logged).toEqual(['the pager gateway is away; alerts wait', 'the pager gateway answers again']);
    expect(await r.figure('dog_trainer_outage{map_key="pager"} 0')).toBe(true);
    expect(await r.figure('dog_trainer_alert_failures_total{map_key="pager"} 4')).toBe(true);
  });

  it('takes up to a half off a wait at random', async () => {
    const r = await rig(() => away(), { random: 1 });
    r.tell('h0');
    await r.v.advance(8000);
    expect(r.seconds()).toEqual([0, 2.5, 7.5]);
  });

  it('does not wait longer or shorter when the wall clock jumps', async () => {
    const r = await rig((_notice, n) => (n === 1 ? away() : undefined));
    r.tell('h0');
    await r.v.idle();
    r.v.clock.jump(-86_400_000);
    await r.v.advance(6000);
    expect(r.seconds()).toEqual([0, 5]);
  });

  it('lets others pass a notice that is refused for now, and tries the very same notice again', async () => {
    const r = await rig((_notice, n) => {
      if (n === 1) throw new NotDelivered('not now', { again: 'later' });
    });
    r.tell('h0', 'h1');
    await r.v.advance(5000);
    expect(r.headlines()).toEqual(['Dog Agent Retired: "h0"', 'Dog Agent Retired: "h1"', 'Dog Agent Retired: "h0"']);
    expect(r.tries[2]?.notice).toBe(r.tries[0]?.notice);
    expect(r.shown()).toMatchObject({ gateway: 'up', sent: 2 });
  });

  it('gives up after as many retries as are allowed: a dead letter, in the file too', async () => {
    const path = join(temporaryDirectory(), 'sub', 'dead-pages.ndjson');
    const r = await rig(() => away(), { path, limits: { retry_limit: 2 } });
    r.tell('h0');
    await r.v.advance(3_600_000);
    expect(r.seconds()).toEqual([0, 5, 15]);
    const letter = { subject: 'Dog Agent Retired: "h0"', to: ['ops'], reason: 'no route', tries: 3 };
    expect(r.dead).toMatchObject([{ ...letter, carries: { retirement: 1 } }]);
    expect(r.shown()).toMatchObject({ waiting: 0, dead: 1 });
    await r.stop();
    expect(jsonLines(path)).toMatchObject([letter]);
    expect(await r.figure('dog_trainer_alert_dead_letters{map_key="pager"} 1')).toBe(true);
  });

  it.each([
    ['refused for good', new NotDelivered('unknown pager', { again: 'never' }), 'unknown pager'],
    ['failed in a way that nobody expected', new TypeError('x is not a function'), 'TypeError: x is not a function'],
  ])('what was %s is given up at once, and the next goes', async (_, error, reason) => {
    const r = await rig((_notice, n) => {
      if (n === 1) throw error;
    });
    r.tell('h0', 'h1');
    await r.v.advance(3_600_000);
    expect(r.headlines()).toEqual(['Dog Agent Retired: "h0"', 'Dog Agent Retired: "h1"']);
    expect(r.dead).toMatchObject([{ subject: 'Dog Agent Retired: "h0"', reason, tries: 1 }]);
    expect(r.shown()).toMatchObject({ gateway: 'up', sent: 1 });
  });

  it('counts what some have got as sent, with a dead letter for those who have not', async () => {
    const r = await rig(() => {
      throw new DeliveredInPart('no such pager', ['boss']);
    });
    r.tell('h0');
    await r.v.advance(3_600_000);
    expect(r.tries).toHaveLength(1);
    expect(r.dead).toMatchObject([{ to: ['boss'], reason: 'no such pager', tries: 1 }]);
    expect(r.shown()).toMatchObject({ sent: 1, dead: 1 });
    expect(await r.figure('dog_trainer_alert_failures_total{map_key="pager"} 1')).toBe(false);
  });

  it('keeps no more waiting than it may', async () => {
    const r = await rig(() => away(), { limits: { queue_max: 3 } });
    r.tell(...names(5));
    await r.v.idle();
    expect(r.shown()).toMatchObject({ waiting: 3, dead: 2 });
    expect(r.dead.map(({ subject }) => subject)).toEqual(['Dog Agent Retired: "h3"', 'Dog Agent Retired: "h4"']);
    expect(r.dead[0]?.reason).toBe('too many pages were waiting (alerts.queue_max)');
  });

  it('refuses what its mailbox has no room for, and hears how its delivery ended all the same', async () => {
    let release: () => void = () => undefined;
    const r = await rig((_notice, n) => (n === 1 ? new Promise<void>((resolve) => (release = resolve)) : undefined), {
      maxQueue: 2,
    });
    r.tell('h0');
    await r.v.idle();
    expect(r.tell('h1', 'h2', 'h3')).toEqual([true, true, false]);
    release();
    // The outcome finds the mailbox full.
    await new Promise((resolve) => setImmediate(resolve));
    await r.v.idle();
    expect(r.shown()).toMatchObject({ sent: 3, waiting: 0 });
  });
});

describe('at its end the actor of an alert channel', () => {
  it('waits for the delivery under way, and keeps the rest as dead letters', async () => {
    const r = await rig(() => new Promise<void>((resolve) => void r.v.clock.setTimer(1500, resolve)), {
      limits: { digest_after: 2 },
    });
    r.tell(...names(4));
    await r.v.idle();
    await r.stop();
    expect(r.v.clock.monotonic()).toBe(1500);
    expect(r.v.clock.pending).toBe(0);
    expect(r.actor.describe()).toMatchObject({ sent: 1, waiting: 0, gathered: 0, dead: 2 });
    expect(r.dead).toMatchObject([
      { subject: 'Dog Agent Retired: "h1"', reason: 'the server stopped', tries: 0 },
      { subject: 'Dog Alerts: 2 in 60 seconds (2 retired)', reason: 'the server stopped', tries: 0 },
    ]);
    expect(r.logged.at(-1)).toBe('pages that were waiting are kept as dead letters');
  });

  it('has written them all to the file', async () => {
    const path = join(temporaryDirectory(), 'dead-pages.ndjson');
    const r = await rig(() => away(), { path, limits: { digest_after: 40 } });
    r.tell(...names(30));
    await r.v.idle();
    await r.stop();
    expect(jsonLines(path)).toEqual(JSON.parse(JSON.stringify(r.dead)));
    expect(r.dead).toHaveLength(30);
  });

  it('waits two seconds, no more: what was under way may have gone out', async () => {
    const r = await rig(() => new Promise<void>(() => undefined));
    r.tell('h0');
    await r.v.idle();
    const before = r.v.clock.monotonic();
    await r.stop();
    expect(r.v.clock.monotonic() - before).toBe(2000);
    expect(r.dead).toMatchObject([{ reason: 'the server stopped; it may have gone out', tries: 1 }]);
  });

  it('keeps what was waiting also when it is killed', async () => {
    const r = await rig(() => away());
    r.tell('h0', 'h1');
    await r.v.idle();
    r.kill();
    await r.v.idle();
    expect(r.dead.map(({ subject }) => subject)).toEqual(['Dog Agent Retired: "h0"', 'Dog Agent Retired: "h1"']);
    expect(r.v.clock.pending).toBe(0);
  });
});
