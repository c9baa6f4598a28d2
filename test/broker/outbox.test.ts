import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/broker/broker.js';
import type { BrokerConnection, Publication } from '../../src/broker/broker.js';
import type {
  JournalRecord,
  OutboxClass,
  OutboxOptions,
  OutboxPut,
  Outcome,
} from '../../src/broker/outbox-contract.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { createOutbox } from '../../src/broker/outbox.js';

/** A connection of which a test decides, publish by publish, what the broker answers. */
class ScriptedConnection {
  /** Bodies sent, in order. */
  readonly sent: string[] = [];
  readonly #open = new Map<string, { resolve: () => void; reject: (error: BrokerError) => void }>();
  readonly closed: Promise<BrokerError | undefined>;
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  #settle: (error: BrokerError | undefined) => void = () => undefined;
  blocked: string | undefined;

  constructor() {
    this.closed = new Promise((resolve) => (this.#settle = resolve));
  }

  publish(message: Publication): Promise<void> {
    const body = new TextDecoder().decode(message.body);
    this.sent.push(body);
    return new Promise((resolve, reject) => this.#open.set(body, { resolve, reject }));
  }

  onBlocked(listener: (reason: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get underWay(): string[] {
    return [...this.#open.keys()];
  }

  async confirm(...bodies: string[]): Promise<void> {
    for (const body of bodies) {
      this.#open.get(body)?.resolve();
      this.#open.delete(body);
    }
    await turn();
  }

  async refuse(body: string, error: BrokerError): Promise<void> {
    this.#open.get(body)?.reject(error);
    this.#open.delete(body);
    await turn();
  }

  async lose(): Promise<void> {
    const error = new BrokerError('connection', 'closed', 'lost');
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
    this.#settle(error);
    await turn();
  }

  async block(reason: string | undefined): Promise<void> {
    this.blocked = reason;
    for (const listener of this.#listeners) listener(reason);
    await turn();
  }

  get port(): BrokerConnection {
    return this as unknown as BrokerConnection;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
function put(target: string, body: string, over: Partial<OutboxPut> = {}): OutboxPut {
  return {
    target,
    class: (target === 'sets' ? 'sets' : target.split('/')[0]) as OutboxClass,
    publication: {
      exchange: 'iptables',
      routingKey: 'k',
      body: new TextEncoder().encode(body),
      contentType: 'text/json',
      persistent: true,
    },
    ...over,
  };
}

/** A journal in memory whose writes a test lets through. */
class ScriptedJournal {
  recovered: JournalRecord[] = [];
  readonly live = new Map<string, JournalRecord>();
  readonly #writes: { record: JournalRecord; resolve: () => void; reject: (error: Error) => void }[] = [];

  append(record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => this.#writes.push({ record, resolve, reject }));
  }

  remove(target: string, seq: number): void {
    const record = this.live.get(target);
    if (record !== undefined && record.seq <= seq) this.live.delete(target);
  }

  async sync(error?: Error): Promise<void> {
    for (const { record, resolve, reject } of this.#writes.splice(0)) {
      if (error !== undefined) reject(error);
      else {
        this.live.set(record.target, record);
        resolve();
      }
    }
    await turn();
  }
}

describe('the outbox', () => {
  const outcomes: Record<string, Outcome['kind']> = {};
  let connection: ScriptedConnection;
  beforeEach(() => {
    for (const body of Object.keys(outcomes)) delete outcomes[body];
    connection = new ScriptedConnection();
  });
  const make = (options: OutboxOptions = {}) => {
    const outbox = createOutbox({ retry: { baseMs: 2, maxMs: 2 }, random: () => 0.5, ...options });
    const send = (target: string, body: string, over?: Partial<OutboxPut>): void => {
      void outbox.put(put(target, body, over)).outcome.then((outcome) => (outcomes[body] = outcome.kind));
    };
    return { outbox, send };
  };

  describe('with the broker there', () => {
    it('sends, and tells the caller when the broker has confirmed', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/web', 'w1');
      await turn();
      expect(connection.sent).toEqual(['w1']);
      expect(outcomes).toEqual({});
      expect(outbox.depth()).toBe(1);
      await connection.confirm('w1');
      expect(outcomes).toEqual({ w1: 'confirmed' });
      expect(outbox.snapshot()).toMatchObject({ waiting: 0, inFlight: 0, bytes: 0, confirmed: 1 });
    });

    it('measures how long the broker takes from each message to its confirm', async () => {
      const system = virtualSystem();
      const { outbox, send } = make({ clock: system.clock });
      outbox.attach(connection.port);
      send('group/web', 'w1');
      send('group/db', 'd1');
      await turn();
      await system.advance(20);
      await connection.confirm('w1');
      expect(outbox.confirms()).toEqual({ count: 1, p50_ms: 20, p99_ms: 20, max_ms: 20 });
      await system.advance(30);
      await connection.confirm('d1');
      expect(outbox.confirms()).toEqual({ count: 2, p50_ms: 20, p99_ms: 50, max_ms: 50 });
    });

    it('keeps many in flight, up to the window', async () => {
      const { outbox, send } = make({ window: 3 });
      outbox.attach(connection.port);
      for (const name of ['a', 'b', 'c', 'd', 'e']) send(`group/${name}`, name);
      await turn();
      expect(connection.underWay).toEqual(['a', 'b', 'c']);
      await connection.confirm('b');
      expect(connection.underWay).toEqual(['a', 'c', 'd']);
    });

    it('sends a newer message of a target only when the older is confirmed, and only the newest', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/web', 'w1');
      await turn();
      send('group/web', 'w2');
      send('group/web', 'w3');
      await turn();
      expect(connection.sent).toEqual(['w1']);
      await connection.confirm('w1');
      expect(connection.sent).toEqual(['w1', 'w3']);
      await connection.confirm('w3');
      expect(outcomes).toEqual({ w1: 'confirmed', w2: 'superseded', w3: 'confirmed' });
    });

    it('holds rulesets until the sets put before them are confirmed, not for those put later', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('sets', 's1');
      send('group/web', 'w1');
      send('host/h1', 'h1');
      send('config/h1', 'c1');
      await turn();
      expect(connection.sent).toEqual(['s1', 'c1']);
      send('sets', 's2');
      await connection.confirm('s1');
      expect(connection.sent).toEqual(['s1', 'c1', 's2', 'w1', 'h1']);
      expect(outcomes.s1).toBe('confirmed');
    });

    it('holds a ruleset for sets that took the place of earlier ones', async () => {
      const { outbox, send } = make();
      send('sets', 's1');
      send('group/web', 'w1');
      send('sets', 's2');
      outbox.attach(connection.port);
      await turn();
      expect(connection.sent).toEqual(['s2']);
      await connection.confirm('s2');
      expect(connection.sent).toEqual(['s2', 'w1']);
    });

    it('waits for other targets too when told to', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('sets/h1', 'sets of h1', { class: 'sets' });
      send('host/h1', 'rules of h1', { after: ['sets/h1'] });
      send('host/h2', 'rules of h2');
      await turn();
      expect(connection.sent).toEqual(['sets of h1', 'rules of h2']);
      await connection.confirm('sets of h1');
      expect(connection.sent).toEqual(['sets of h1', 'rules of h2', 'rules of h1']);
    });
  });

  describe('with the broker away', () => {
    it('keeps the newest of each target, and sends lane by lane in the order of the last puts', async () => {
      const { outbox, send } = make();
      send('link/q1', 'l1');
      send('config/h1', 'c1');
      send('host/h1', 'h1');
      send('group/web', 'w1');
      send('group/db', 'd1');
      send('sets', 's1');
      send('group/web', 'w2');
      expect(outbox.snapshot()).toMatchObject({ attached: false, waiting: 6 });
      outbox.attach(connection.port);
      await turn();
      await connection.confirm('s1');
      expect(connection.sent).toEqual(['s1', 'h1', 'd1', 'c1', 'l1', 'w2']);
      expect(outcomes).toEqual({ w1: 'superseded', s1: 'confirmed' });
    });

    it('does not let a ruleset for one host overtake a newer one of its group', async () => {
      const { outbox, send } = make();
      send('group/web', 'group, edit 1');
      send('host/h1', 'host, edit 1');
      send('group/web', 'group, edit 2');
      outbox.attach(connection.port);
      await turn();
      expect(connection.sent).toEqual(['host, edit 1', 'group, edit 2']);
    });

    it('sends again in its old place what was not confirmed when the connection went', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/a', 'a');
      send('group/b', 'b1');
      await turn();
      send('group/b', 'b2');
      send('group/c', 'c');
      await turn();
      await connection.confirm('c');
      await connection.lose();
      expect(outcomes).toEqual({ b1: 'superseded', c: 'confirmed' });
      expect(outbox.snapshot()).toMatchObject({ attached: false, waiting: 2, inFlight: 0 });
      const second = new ScriptedConnection();
      outbox.attach(second.port);
      await turn();
      expect(second.sent).toEqual(['a', 'b2']);
      await second.confirm('a', 'b2');
      expect(outbox.depth()).toBe(0);
    });

    it('still holds a ruleset for sets that were under way when the connection went', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('sets', 's1');
      await turn();
      send('group/web', 'w1');
      send('sets', 's2');
      await connection.lose();
      const second = new ScriptedConnection();
      outbox.attach(second.port);
      await turn();
      expect(second.sent).toEqual(['s2']);
      await second.confirm('s2');
      expect(second.sent).toEqual(['s2', 'w1']);
    });

    it('ignores a late answer of an earlier connection', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/a', 'a');
      await turn();
      outbox.detach();
      const second = new ScriptedConnection();
      outbox.attach(second.port);
      await turn();
      await connection.confirm('a');
      expect(outcomes).toEqual({});
      await second.confirm('a');
      expect(outcomes).toEqual({ a: 'confirmed' });
    });

    it('sends nothing while the broker is blocked, so that puts coalesce', async () => {
      const { outbox, send } = make();
      connection.blocked = 'low on memory';
      outbox.attach(connection.port);
      for (let i = 0; i < 100; i++) send('group/a', `a${i}`);
      await turn();
      expect(connection.sent).toEqual([]);
      expect(outbox.snapshot()).toMatchObject({ blocked: 'low on memory', waiting: 1 });
      await connection.block(undefined);
      expect(connection.sent).toEqual(['a99']);
    });
  });

  describe('when the broker refuses', () => {
    it('tries again after a nack, and lets the others go on', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/a', 'a');
      send('group/b', 'b');
      await turn();
      await connection.refuse('a', new BrokerError('message', 'nacked', 'no'));
      await connection.confirm('b');
      await expect.poll(() => connection.sent).toEqual(['a', 'b', 'a']);
      await connection.confirm('a');
      expect(outcomes).toEqual({ a: 'confirmed', b: 'confirmed' });
      expect(outbox.snapshot()).toMatchObject({ failed: 1, lastFailure: 'no' });
    });

    it('tries again after a channel was lost, with no ruleset before its sets', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('sets', 's');
      send('group/a', 'a');
      await turn();
      await connection.refuse('s', new BrokerError('channel', 'not_found', 'no exchange'));
      await expect.poll(() => connection.sent).toEqual(['s', 's']);
      await connection.confirm('s');
      expect(connection.sent).toEqual(['s', 's', 'a']);
    });

    describe('one message for good', () => {
      const nacked = new BrokerError('message', 'nacked', 'a queue refuses it');
      const tooLarge = new BrokerError('message', 'too_large', 'it is too large');
      /** Refuses the message each time that it is sent, so many times. */
      const refuseEach = async (body: string, times: number, error = nacked): Promise<void> => {
        for (let n = 0; n < times; n++) {
          await expect.poll(() => connection.underWay).toContain(body);
          await connection.refuse(body, error);
        }
      };
      const timesSent = (body: string): number => connection.sent.filter((each) => each === body).length;
      const made = (options: OutboxOptions = {}) => {
        const told: [string, unknown][] = [];
        const box = make({ ...options, onRefused: (target, _publication, refusal) => told.push([target, refusal]) });
        box.outbox.attach(connection.port);
        return { ...box, told };
      };

      it.each([
        [3, undefined],
        [1, 1],
        [5, 5],
      ])('sends what a queue refuses %i times, then it counts as handed over', async (times, refusedTries) => {
        const { outbox, told } = made(refusedTries === undefined ? {} : { refusedTries });
        const { outcome } = outbox.put(put('group/a', 'a'));
        await refuseEach('a', times);
        expect(await outcome).toEqual({ kind: 'refused', reason: 'a queue refuses it', taken: 'some' });
        expect(told).toEqual([['group/a', { reason: 'a queue refuses it', taken: 'some' }]]);
        expect(timesSent('a')).toBe(times);
        expect(outbox.depth()).toBe(0);
        expect(outbox.snapshot()).toMatchObject({ refusedMessages: 1, failed: times - 1, confirmed: 0 });
      });

      it('one try less than that, and a confirm: confirmed, and nobody is told', async () => {
        const { send, told } = made();
        send('group/a', 'a');
        await refuseEach('a', 2);
        await expect.poll(() => connection.underWay).toEqual(['a']);
        await connection.confirm('a');
        expect(outcomes).toEqual({ a: 'confirmed' });
        expect(told).toEqual([]);
      });

      it('meanwhile others go, and what waits for it goes when it is given up', async () => {
        const { send } = made();
        send('sets', 's');
        send('group/a', 'a');
        send('config/h', 'c');
        await refuseEach('s', 2);
        expect(connection.sent).toContain('c');
        expect(connection.sent).not.toContain('a');
        await refuseEach('s', 1);
        expect(connection.sent.at(-1)).toBe('a');
      });

      it('the next message of such a target has one try, until one is confirmed', async () => {
        const { send, told } = made();
        send('sets', 's1');
        await refuseEach('s1', 3);
        send('sets', 's2');
        await refuseEach('s2', 1);
        expect(outcomes).toEqual({ s1: 'refused', s2: 'refused' });
        expect(timesSent('s2')).toBe(1);
        send('sets', 's3');
        await expect.poll(() => connection.underWay).toEqual(['s3']);
        await connection.confirm('s3');
        expect(told.at(-1)).toEqual(['sets', undefined]);
        send('sets', 's4');
        await refuseEach('s4', 3);
        expect(timesSent('s4')).toBe(3);
      });

      it('a newer message of the target takes the place of one that is being refused, with its own tries', async () => {
        const { send } = made();
        send('group/a', 'a1');
        await refuseEach('a1', 1);
        send('group/a', 'a2');
        // It may have gone once more meanwhile.
        if (connection.underWay.includes('a1')) await refuseEach('a1', 1);
        await refuseEach('a2', 3);
        expect(outcomes).toEqual({ a1: 'superseded', a2: 'refused' });
        expect([timesSent('a1') <= 2, timesSent('a2')]).toEqual([true, 3]);
      });

      it('what is too large has one try, and nobody has it: what rests on it does not go', async () => {
        const { outbox, send, told } = made();
        const { outcome } = outbox.put(put('sets', 's'));
        send('group/a', 'a');
        await refuseEach('s', 1, tooLarge);
        expect(await outcome).toEqual({ kind: 'refused', reason: 'it is too large', taken: 'none' });
        expect(told).toEqual([['sets', { reason: 'it is too large', taken: 'none' }]]);
        expect(outcomes).toEqual({ a: 'dropped' });
        expect(connection.sent).toEqual(['s']);
        // The same again, when somebody has raised the limit.
        send('sets', 's');
        await expect.poll(() => connection.underWay).toEqual(['s']);
        await connection.confirm('s');
        expect(outcomes.s).toBe('confirmed');
        expect(told.at(-1)).toEqual(['sets', undefined]);
      });

      it('a connection that is lost between two tries does not count as one', async () => {
        const { outbox, send } = made();
        send('group/a', 'a');
        await refuseEach('a', 1);
        await expect.poll(() => connection.underWay).toEqual(['a']);
        await connection.lose();
        connection = new ScriptedConnection();
        outbox.attach(connection.port);
        await refuseEach('a', 1);
        expect(outcomes).toEqual({});
      });

      it('the journal is done with it', async () => {
        const journal = new ScriptedJournal();
        const { outbox } = made({ journal });
        outbox.put(put('group/a', 'a'));
        await journal.sync();
        expect(journal.live.size).toBe(1);
        await refuseEach('a', 3);
        expect(journal.live.size).toBe(0);
      });
    });

    it('drops what can never be sent, with the reason', async () => {
      const { outbox } = make();
      outbox.attach(connection.port);
      const ticket = outbox.put(put('link/x', 'x'));
      await turn();
      await connection.refuse('x', new BrokerError('message', 'unroutable', 'no queue takes it'));
      expect(await ticket.outcome).toEqual({ kind: 'dropped', reason: 'no queue takes it' });
      expect(outbox.depth()).toBe(0);
    });
  });

  describe('bounds', () => {
    it('gives up the oldest of the last lane, never sets', async () => {
      const { outbox, send } = make({ maxEntries: 3 });
      send('config/h1', 'c1');
      send('config/h2', 'c2');
      send('group/a', 'a');
      send('group/b', 'b');
      send('sets', 's');
      await turn();
      expect(outcomes).toEqual({ c1: 'dropped', c2: 'dropped' });
      send('link/q', 'l');
      send('group/c', 'c');
      await turn();
      expect(outcomes).toEqual({ c1: 'dropped', c2: 'dropped', l: 'dropped', a: 'dropped' });
      send('group/b', 'b2');
      await turn();
      expect(outcomes.b).toBe('superseded');
      outbox.attach(connection.port);
      await turn();
      await connection.confirm('s');
      expect(connection.sent).toEqual(['s', 'c', 'b2']);
    });

    it('counts bytes as well', async () => {
      const { outbox, send } = make({ maxBytes: 10 });
      send('group/a', 'aaaaa');
      send('group/b', 'bbbbb');
      expect(outbox.snapshot().bytes).toBe(10);
      send('group/c', 'c');
      await turn();
      expect(outcomes).toEqual({ aaaaa: 'dropped' });
      expect(outbox.snapshot()).toMatchObject({ bytes: 6, waiting: 2, dropped: 1 });
    });
  });

  it('counts a body once that several messages share, until the last of them is settled', async () => {
    const { outbox } = make({ maxBytes: 10 });
    const { publication } = put('group/a', 'shared');
    for (const target of ['group/a', 'group/b', 'group/c']) outbox.put(put(target, '', { publication }));
    expect(outbox.snapshot()).toMatchObject({ bytes: 6, waiting: 3, dropped: 0 });
    outbox.put(put('group/c', 'own'));
    await turn();
    expect(outbox.snapshot()).toMatchObject({ bytes: 9, waiting: 3, dropped: 0 });
    outbox.attach(connection.port);
    await turn();
    await connection.confirm('own');
    expect(outbox.snapshot()).toMatchObject({ bytes: 6, inFlight: 2 });
    await connection.lose();
    await turn();
    expect(outbox.snapshot()).toMatchObject({ bytes: 6, waiting: 2 });
    outbox.put(put('group/a', 'x'));
    outbox.put(put('group/b', 'y'));
    await turn();
    expect(outbox.snapshot()).toMatchObject({ bytes: 2, waiting: 2, dropped: 0 });
  });

  describe('draining', () => {
    it('resolves when all is confirmed', async () => {
      const { outbox, send } = make();
      outbox.attach(connection.port);
      send('group/a', 'a');
      await turn();
      const drained = outbox.drain(60_000);
      await connection.confirm('a');
      expect(await drained).toEqual({ left: 0 });
      expect(await outbox.drain(60_000)).toEqual({ left: 0 });
    });

    it('says what is left at the deadline', async () => {
      const { outbox, send } = make();
      send('group/a', 'a');
      expect(await outbox.drain(5)).toEqual({ left: 1 });
    });
  });

  describe('with a journal', () => {
    let journal: ScriptedJournal;
    beforeEach(() => (journal = new ScriptedJournal()));

    it('accepts, and sends, when the message is on disk, and forgets it when it is confirmed', async () => {
      const { outbox } = make({ journal });
      outbox.attach(connection.port);
      let accepted = false;
      void outbox.put(put('group/a', 'a')).accepted.then(() => (accepted = true));
      await turn();
      expect([accepted, connection.sent]).toEqual([false, []]);
      await journal.sync();
      expect([accepted, connection.sent]).toEqual([true, ['a']]);
      expect(journal.live.size).toBe(1);
      await connection.confirm('a');
      expect(journal.live.size).toBe(0);
    });

    it('sends all the same when the journal fails, and says so', async () => {
      const { outbox } = make({ journal });
      outbox.attach(connection.port);
      const { accepted } = outbox.put(put('group/a', 'a'));
      outbox.put(put('group/b', 'b'));
      await journal.sync(new Error('no space left on device'));
      await expect(accepted).rejects.toThrow('no space left on device');
      expect(connection.sent).toEqual(['a', 'b']);
      expect(outbox.snapshot().journalFailure).toBe('no space left on device');
      outbox.put(put('group/c', 'c'));
      await journal.sync();
      expect(outbox.snapshot().journalFailure).toBeUndefined();
    });

    it('does not send what was replaced before it was on disk', async () => {
      const { outbox, send } = make({ journal });
      outbox.attach(connection.port);
      send('group/a', 'a1');
      send('group/a', 'a2');
      await journal.sync();
      expect(connection.sent).toEqual(['a2']);
      expect(outcomes).toEqual({ a1: 'superseded' });
    });

    it('sends what was recovered, sets first, and lets new puts take its place', async () => {
      const { class: _c, ...rest } = put('x', '');
      const record = (seq: number, target: string, kind: OutboxClass, body: string): JournalRecord => ({
        seq,
        target,
        class: kind,
        after: kind === 'sets' ? [] : ['sets'],
        at: 1,
        publication: { ...rest.publication, body: new TextEncoder().encode(body) },
      });
      journal.recovered = [record(4, 'group/a', 'group', 'a4'), record(7, 'group/b', 'group', 'b7')];
      journal.recovered.push(record(9, 'sets', 'sets', 's9'));
      for (const old of journal.recovered) journal.live.set(old.target, old);
      const { outbox, send } = make({ journal });
      send('group/a', 'a10');
      await journal.sync();
      outbox.attach(connection.port);
      await turn();
      expect(connection.sent).toEqual(['s9']);
      await connection.confirm('s9');
      expect(connection.sent).toEqual(['s9', 'b7', 'a10']);
      await connection.confirm('b7', 'a10');
      expect(journal.live.size).toBe(0);
      expect(outbox.depth()).toBe(0);
    });
  });

  describe('whatever happens', () => {
    type Step =
      | { readonly do: 'put'; readonly target: number }
      | { readonly do: 'confirm'; readonly which: number }
      | { readonly do: 'nack'; readonly which: number }
      | { readonly do: 'lose' }
      | { readonly do: 'attach' };
    const targets = ['sets', 'group/a', 'group/b', 'host/a', 'config/a'];
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), target: fc.nat(targets.length - 1) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('confirm' as const), which: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('nack' as const), which: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('attach' as const) }) },
    );

    it('is nothing older sent after something newer, no ruleset before its sets, and the newest arrives', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps: readonly Step[]) => {
          const outbox = createOutbox({ window: 3, retry: { baseMs: 0, maxMs: 0 }, random: () => 0 });
          let current: ScriptedConnection | undefined;
          const newest = new Map<string, number>();
          const putAt = new Map<number, number>(); // a body's number, to that of the sets put before it
          const lastSent = new Map<string, number>();
          let confirmedSets = 0;
          let serial = 0;
          const settled: Promise<Outcome>[] = [];
          const seen = new WeakMap<ScriptedConnection, number>();
          const check = (): void => {
            if (current === undefined) return;
            const from = seen.get(current) ?? 0;
            for (const body of current.sent.slice(from)) {
              const [target = '', number = ''] = body.split(':');
              const n = Number(number);
              expect(n).toBeGreaterThanOrEqual(lastSent.get(target) ?? 0);
              lastSent.set(target, n);
              if (target.startsWith('group') || target.startsWith('host')) {
                expect(confirmedSets).toBeGreaterThanOrEqual(putAt.get(n) ?? 0);
              }
            }
            seen.set(current, current.sent.length);
          };
          const confirm = async (body: string | undefined): Promise<void> => {
            if (body === undefined) return;
            if (body.startsWith('sets')) confirmedSets = Math.max(confirmedSets, Number(body.split(':')[1]));
            await current?.confirm(body);
          };
          const attach = (): void => {
            current = new ScriptedConnection();
            outbox.attach(current.port);
          };
          for (const action of steps) {
            if (action.do === 'put') {
              const target = targets[action.target] ?? '';
              const n = ++serial;
              putAt.set(n, newest.get('sets') ?? 0);
              newest.set(target, n);
              settled.push(outbox.put(put(target, `${target}:${n}`)).outcome);
            } else if (action.do === 'confirm') {
              await confirm(current?.underWay[action.which]);
            } else if (action.do === 'nack') {
              const body = current?.underWay[action.which];
              if (body !== undefined) await current?.refuse(body, new BrokerError('message', 'nacked', 'no'));
            } else if (action.do === 'lose') {
              await current?.lose();
              current = undefined;
            } else if (current === undefined) attach();
            await turn();
            check();
          }
          if (current === undefined) attach();
          for (let i = 0; outbox.depth() > 0; i++) {
            expect(i).toBeLessThan(1000);
            await turn();
            check();
            await confirm(current?.underWay[0]);
          }
          expect(lastSent).toEqual(newest);
          const kinds = (await Promise.all(settled)).map((outcome) => outcome.kind);
          expect(kinds.every((kind) => kind === 'confirmed' || kind === 'superseded')).toBe(true);
        }),
        { numRuns: 300 },
      );
    });
  });
});
