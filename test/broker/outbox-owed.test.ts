import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokerError, type BrokerConnection, type Publication } from '../../src/broker/broker.js';
import type { JournalRecord, OutboxJournal, OutboxPut } from '../../src/broker/outbox-contract.js';
import { createOutbox } from '../../src/broker/outbox.js';

const TARGETS = ['sets', 'group/a', 'group/b', 'host/a'] as const;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** A message of a group that the store owes, unless `over` says otherwise. */
function owed(target: string, text: string, over: Partial<OutboxPut> = {}): OutboxPut {
  const kind = target === 'sets' ? 'sets' : target.startsWith('host') ? 'host' : 'group';
  const body = new TextEncoder().encode(text);
  const publication = { exchange: 'e', routingKey: 'k', body, contentType: 'text/json', persistent: true };
  return { target, class: kind, publication, owed: true, ...over };
}

/** A connection of which a test decides what the broker answers. */
class AnsweredConnection {
  readonly sent: string[] = [];
  readonly open = new Map<string, { readonly resolve: () => void; readonly reject: (error: BrokerError) => void }>();
  readonly #listeners = new Set<() => void>();
  readonly closed = new Promise<never>(() => undefined);
  blocked: string | undefined;

  publish({ body }: Publication): Promise<void> {
    const text = textOf(body);
    this.sent.push(text);
    return new Promise((resolve, reject) => this.open.set(text, { resolve, reject }));
  }

  onBlocked(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  block(reason: string | undefined): void {
    this.blocked = reason;
    for (const listener of this.#listeners) listener();
  }

  answer(text: string | undefined, error?: BrokerError): void {
    const asked = this.open.get(text ?? '');
    this.open.delete(text ?? '');
    if (error === undefined) asked?.resolve();
    else asked?.reject(error);
  }

  get port(): BrokerConnection {
    return this as unknown as BrokerConnection;
  }
}

/** A journal in memory that is as quick as can be. */
class QuickJournal implements OutboxJournal {
  readonly recovered: readonly JournalRecord[] = [];
  readonly live = new Map<string, JournalRecord>();
  appended = 0;

  append(record: JournalRecord): Promise<void> {
    this.appended++;
    this.live.set(record.target, record);
    return Promise.resolve();
  }

  remove(target: string, seq: number): void {
    if ((this.live.get(target)?.seq ?? Infinity) <= seq) this.live.delete(target);
  }

  get texts(): string[] {
    return [...this.live.values()].map(({ publication }) => textOf(publication.body));
  }
}

function made(): { outbox: ReturnType<typeof createOutbox>; journal: QuickJournal; connection: AnsweredConnection } {
  const journal = new QuickJournal();
  const outbox = createOutbox({ journal, window: 3, retry: { baseMs: 0, maxMs: 0 }, random: () => 0 });
  return { outbox, journal, connection: new AnsweredConnection() };
}

describe('a message that the store owes', () => {
  it('is sent without the journal, and counts as accepted', async () => {
    const { outbox, journal, connection } = made();
    outbox.attach(connection.port);
    const { accepted, outcome } = outbox.put(owed('group/a', 'a'));
    await accepted;
    await turn();
    expect(connection.sent).toEqual(['a']);
    connection.answer('a');
    expect(await outcome).toEqual({ kind: 'confirmed' });
    expect(journal.appended).toBe(0);
  });

  it('is in the journal where there is no connection, or one that takes nothing', async () => {
    const { outbox, journal, connection } = made();
    outbox.put(owed('group/a', 'a'));
    expect(journal.texts).toEqual(['a']);
    connection.blocked = 'low on memory';
    outbox.attach(connection.port);
    outbox.put(owed('group/b', 'b'));
    expect(journal.texts).toEqual(['a', 'b']);
    await turn();
    expect(connection.sent).toEqual([]);
  });

  it('is in the journal when the connection is lost, or takes nothing any more, before it is confirmed', async () => {
    const { outbox, journal, connection } = made();
    outbox.attach(connection.port);
    for (const name of ['a', 'b', 'c', 'd']) outbox.put(owed(`group/${name}`, name));
    await turn();
    connection.answer('b');
    await turn();
    expect(journal.texts).toEqual([]);
    connection.block('low on memory');
    expect(journal.texts).toEqual(['a', 'c', 'd']);
    connection.block(undefined);
    outbox.put(owed('group/e', 'e'));
    outbox.detach();
    expect(journal.texts).toEqual(['a', 'c', 'd', 'e']);
  });

  it('takes the place of an older one that the journal has', async () => {
    const { outbox, journal, connection } = made();
    outbox.put(owed('group/a', 'a1'));
    outbox.attach(connection.port);
    outbox.put(owed('group/a', 'a2'));
    expect(journal.texts).toEqual([]);
    await turn();
    expect(connection.sent).toEqual(['a2']);
  });

  type Step =
    | { readonly do: 'put'; readonly target: number; readonly owed: boolean }
    | { readonly do: 'confirm' | 'fail'; readonly which: number }
    | { readonly do: 'block' | 'unblock' | 'lose' | 'attach' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        target: fc.nat(TARGETS.length - 1),
        owed: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constantFrom('confirm' as const, 'fail' as const), which: fc.nat(3) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('block', 'unblock', 'lose', 'attach') }) },
  );

  it('whatever happens: what is not confirmed is owed and on its way or in the journal, and nothing older is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const { outbox, journal } = made();
        let connection: AnsweredConnection | undefined;
        let serial = 0;
        /** The newest message of each target that is not confirmed yet, and the number of the newest that is. */
        const newest = new Map<string, { readonly n: number; readonly owed: boolean }>();
        const confirmed = new Map<string, number>();
        const attach = (): void => {
          connection = new AnsweredConnection();
          outbox.attach(connection.port);
        };
        const put = (target: string, isOwed: boolean): void => {
          const n = ++serial;
          newest.set(target, { n, owed: isOwed });
          void outbox.put(owed(target, `${target}:${n}`, { owed: isOwed })).outcome.then(({ kind }) => {
            if (kind !== 'confirmed') return;
            confirmed.set(target, n);
            if (newest.get(target)?.n === n) newest.delete(target);
          });
        };
        const check = (): void => {
          const sends = connection !== undefined && connection.blocked === undefined;
          const kept = new Map(
            journal.texts.map((text) => [text.slice(0, text.indexOf(':')), Number(text.split(':')[1])]),
          );
          for (const [target, { n, owed: isOwed }] of newest) if (!(isOwed && sends)) expect(kept.get(target)).toBe(n);
          for (const [target, n] of kept) expect(n).toBeGreaterThan(confirmed.get(target) ?? 0);
        };
        const act = (action: Step): void => {
          if ('which' in action) {
            const open = [...(connection?.open.keys() ?? [])];
            // What takes its channel with it is sent again, however often.
            const failed = action.do === 'fail' ? new BrokerError('channel', 'closed', 'lost') : undefined;
            connection?.answer(open[action.which], failed);
          } else if (action.do === 'put') put(TARGETS[action.target] ?? 'sets', action.owed);
          else if (action.do === 'lose') {
            connection = undefined;
            outbox.detach();
          } else if (action.do === 'attach') {
            if (connection === undefined) attach();
          } else connection?.block(action.do === 'block' ? 'low on memory' : undefined);
        };
        for (const action of steps) {
          act(action);
          await turn();
          check();
        }
        outbox.detach();
        attach();
        for (let left = 1000; outbox.depth() > 0 && left > 0; left--) {
          await turn();
          for (const text of connection?.open.keys() ?? []) connection?.answer(text);
          await turn();
          check();
        }
        expect([outbox.depth(), journal.live.size]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
