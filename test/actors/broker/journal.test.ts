import { describe, expect, it, onTestFinished } from 'vitest';
import { JournalActor } from '../../../src/actors/broker/journal-actor.js';
import type { JournalRecord } from '../../../src/broker/outbox-contract.js';
import type { JournalState, JournalWork } from '../../../src/journal/journal.js';
import { openJournal } from '../../../src/journal/open-journal.js';
import { crash, startGenServer, stopGenServer, type Pid } from '../../../src/otp/index.js';
import { virtualSystem, type VirtualSystem } from '../../../src/otp/testing/index.js';
import { started } from '../../support/supervision.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** A journal whose disk does what the test says. */
class FakeJournal implements JournalWork {
  readonly steps: string[] = [];
  waiting = 0;
  /** How much one write takes. */
  batch = Infinity;
  failure: string | undefined = undefined;
  compactionDue = false;
  compactionFails: Error | undefined = undefined;
  #listener: () => void = () => undefined;

  /** Asks for `count` messages to be written. */
  append(count: number): void {
    const before = this.waiting;
    this.waiting += count;
    if (before === 0) this.#listener();
  }

  onWork(listener: () => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = () => undefined);
  }

  write(): Promise<void> {
    const taken = Math.min(this.batch, this.waiting);
    this.waiting -= taken;
    this.steps.push(`write ${taken}`);
    return Promise.resolve();
  }

  compact(): Promise<void> {
    this.steps.push('compact');
    this.compactionDue = false;
    return this.compactionFails === undefined ? Promise.resolve() : Promise.reject(this.compactionFails);
  }

  settle(): Promise<void> {
    this.steps.push(`settle ${this.waiting}`);
    this.waiting = 0;
    return Promise.resolve();
  }

  state(): JournalState {
    return { waiting: this.waiting, messages: 3, bytes: 1234, failure: this.failure };
  }
}

async function scene(journal: FakeJournal) {
  const v = virtualSystem();
  const warned: string[] = [];
  const nothing = (): undefined => undefined;
  const warn = (_fields: object, text: string): void => void warned.push(text);
  const log = { debug: nothing, info: nothing, warn, error: nothing };
  const actor = new JournalActor({ journal, log });
  const pid = started(await v.run(startGenServer(v.system, actor, { label: 'journal', trapExit: true })));
  await v.idle();
  return { v, actor, pid, warned };
}

describe('the journal actor', () => {
  it('writes what waits when it starts, and what comes, one batch in a turn', async () => {
    const journal = new FakeJournal();
    journal.append(2);
    const { v } = await scene(journal);
    expect(journal.steps).toEqual(['write 2']);
    journal.batch = 2;
    journal.append(5);
    expect(journal.steps).toHaveLength(1);
    await v.idle();
    expect(journal.steps.slice(1)).toEqual(['write 2', 'write 2', 'write 1']);
  });

  it('asks for one turn, however many messages come before it', async () => {
    const journal = new FakeJournal();
    const { v, pid } = await scene(journal);
    for (let i = 0; i < 50; i++) {
      journal.append(1);
      journal.waiting = 0;
    }
    expect(v.system.info(pid)?.messageQueueLen).toBe(1);
  });

  it('compacts when more is dead than alive, in a turn of its own, and says when it did', async () => {
    const journal = new FakeJournal();
    const { v, actor } = await scene(journal);
    expect(actor.describe()['compacted_at']).toBeNull();
    await v.advance(60_000);
    journal.append(1);
    journal.compactionDue = true;
    await v.idle();
    expect(journal.steps.slice(-2)).toEqual(['write 1', 'compact']);
    expect(actor.describe()['compacted_at']).toBe(Math.floor(v.clock.now() / 1000));
  });

  it('a compaction that fails is said and shown, and costs nothing else', async () => {
    const journal = new FakeJournal();
    const { v, actor, pid, warned } = await scene(journal);
    journal.compactionFails = new Error('no space left');
    journal.compactionDue = true;
    journal.append(1);
    await v.idle();
    expect(warned).toEqual(['the journal could not be compacted; it grows on and is compacted later']);
    expect(actor.describe()).toMatchObject({ state: 'ok', compaction_error: 'no space left', compacted_at: null });
    journal.compactionFails = undefined;
    journal.compactionDue = true;
    journal.append(1);
    await v.idle();
    expect(actor.describe()['compaction_error']).toBeUndefined();
    expect([v.system.isAlive(pid), v.reports]).toEqual([true, []]);
  });

  it('a disk that refuses is a state, since when, and no crash', async () => {
    const journal = new FakeJournal();
    const { v, actor, pid } = await scene(journal);
    const begin = v.clock.now();
    expect(actor.describe()).toMatchObject({ state: 'ok', since: Math.floor(begin / 1000), messages: 3, bytes: 1234 });
    await v.advance(10_000);
    journal.failure = 'EIO';
    journal.append(1);
    await v.advance(10_000);
    expect(actor.describe()).toMatchObject({
      state: 'failing',
      error: 'EIO',
      since: Math.floor((begin + 10_000) / 1000),
    });
    journal.failure = undefined;
    journal.append(1);
    await v.idle();
    expect(actor.describe()).toMatchObject({ state: 'ok', since: Math.floor((begin + 20_000) / 1000) });
    expect([v.system.isAlive(pid), v.reports]).toEqual([true, []]);
  });

  it('in an ordered stop writes what waits and closes', async () => {
    const journal = new FakeJournal();
    const { v, pid } = await scene(journal);
    const stopping = stopGenServer(v.system, pid, 'shutdown');
    await v.idle();
    await stopping;
    expect(journal.steps.at(-1)).toBe('settle 0');
    journal.append(1);
    await v.idle();
    expect(journal.steps.at(-1)).toBe('settle 0');
  });
});

describe('the journal actor with its journal', () => {
  const nothing = (): undefined => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

  function record(seq: number): JournalRecord {
    const publication = {
      exchange: 'iptables',
      routingKey: 'k',
      body: new Uint8Array(500_000).fill(seq),
      contentType: 'text/json',
      persistent: true,
    };
    return { seq, target: `group/${seq}`, class: 'group', after: [], at: 1, publication };
  }

  /** Lets the disk and the actors do what they have to until the promise settles. */
  async function real<T>(v: VirtualSystem, promise: Promise<T>): Promise<T> {
    let open = true;
    const close = (): void => void (open = false);
    promise.then(close, close);
    while (open) await v.idle();
    return promise;
  }

  it('killed in the middle of an append, nothing is lost, and its successor goes on', async () => {
    const dir = temporaryDirectory();
    const v = virtualSystem();
    const now = (): number => 1;
    const journal = await openJournal({ dir, now });
    const start = async (): Promise<Pid> =>
      started(
        await v.run(startGenServer(v.system, new JournalActor({ journal, log }), { label: 'journal', trapExit: true })),
      );
    const settledTo: Record<number, string> = {};
    const append = (seq: number): Promise<void> =>
      journal.append(record(seq)).then(
        () => void (settledTo[seq] = 'written'),
        (error: unknown) => void (settledTo[seq] = String(error)),
      );
    const pid = await start();
    await v.idle();
    const appended = [append(1), append(2)];
    // The turn begins the write; the disk has not answered.
    expect(v.turns.step()).toBe(true);
    expect(v.system.info(pid)?.status).toBe('running');
    appended.push(append(3));
    crash(v.system, pid);
    appended.push(append(4));
    await v.idle();
    const successor = await start();
    await real(v, Promise.all(appended));
    expect(settledTo).toEqual({ 1: 'written', 2: 'written', 3: 'written', 4: 'written' });
    await real(v, stopGenServer(v.system, successor, 'shutdown'));
    await journal.close();
    const again = await openJournal({ dir, now });
    onTestFinished(() => again.close());
    expect(again.recovered.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(again.report).toMatchObject({ tornBytes: 0, damagedPlaces: 0 });
  });

  it('stopped and started again, as a branch of the tree is, it goes on with the same journal', async () => {
    const dir = temporaryDirectory();
    const v = virtualSystem();
    const now = (): number => 1;
    const journal = await openJournal({ dir, now });
    const start = async (): Promise<Pid> =>
      started(await v.run(startGenServer(v.system, new JournalActor({ journal, log }), { trapExit: true })));
    const first = await start();
    await real(v, journal.append(record(1)));
    await real(v, stopGenServer(v.system, first, 'shutdown'));
    // The directory stays this server's.
    await expect(openJournal({ dir, now })).rejects.toMatchObject({ code: 'locked' });
    const second = await start();
    journal.remove('group/1', 1);
    await real(v, journal.append(record(2)));
    await real(v, stopGenServer(v.system, second, 'shutdown'));
    await journal.close();
    const again = await openJournal({ dir, now });
    onTestFinished(() => again.close());
    expect(again.recovered.map(({ seq }) => seq)).toEqual([2]);
  });

  it('what is forgotten is gone from the disk before anything else is written', async () => {
    const dir = temporaryDirectory();
    const now = (): number => 1;
    const first = await openJournal({ dir, now });
    const written = first.append(record(1));
    await first.write();
    await written;
    await first.close();
    const second = await openJournal({ dir, now });
    expect(second.recovered.map(({ seq }) => seq)).toEqual([1]);
    await second.forget();
    expect(second.recovered).toEqual([]);
    // As after a crash: nobody closes it.
    second.remove('nobody', 1);
    const { recover } = await import('../../../src/journal/recover.js');
    const { listSegments } = await import('../../../src/journal/segment-files.js');
    const [segment] = await listSegments(dir);
    expect((await recover(segment?.path ?? '')).live).toEqual([]);
    await second.close();
  });
});
