import { setTimeout as sleep } from 'node:timers/promises';
import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { INDEXED_FIELDS } from '../indexed-fields.js';
import type { Change, CommitBy, CommitResult } from '../store.js';
import { StoreError } from '../store.js';
import type { CommitPlan, Footprint, Ground } from './commit-plan.js';
import { footprint, planCommit, rowKey, uniqueKey, withIds } from './commit-plan.js';
import { KeyedQueue } from './keyed-queue.js';
import type { RethinkLink } from './rethink-link.js';
import type { RawRow } from './stored-form.js';
import { isKey, lockOf, text } from './stored-form.js';
import { replaceRow } from './replace-rows.js';
import type { Transaction } from './transaction.js';

/** Pauses between tries while others change the same documents, ms. */
const PAUSE_MS = { first: 2, most: 100 } as const;

/** Reads what a commit looks at, runs its steps, writes what came of them if nothing had moved, or does it all again. */
export class Committer {
  readonly #link: RethinkLink;
  readonly #transaction: Transaction;
  readonly #now: () => number;
  readonly #timeoutMs: number;
  readonly #queue = new KeyedQueue();

  constructor(link: RethinkLink, transaction: Transaction, now: () => number, timeoutMs: number) {
    this.#link = link;
    this.#transaction = transaction;
    this.#now = now;
    this.#timeoutMs = timeoutMs;
  }

  commit(changes: readonly Change[], by: CommitBy): Promise<CommitResult> {
    const steps = withIds(changes);
    const prints = footprint(steps);
    const ids = [...prints.ids].flatMap(([table, set]) => [...set].map((id) => rowKey(table, id)));
    const names = [...new Set(prints.unique.map(uniqueKey))];
    return this.#queue.run([...ids, ...names], () => this.#tries(steps, prints, names, by));
  }

  async #tries(
    steps: readonly Change[],
    prints: Footprint,
    names: readonly string[],
    by: CommitBy,
  ): Promise<CommitResult> {
    const deadline = performance.now() + this.#timeoutMs;
    for (let pause: number = PAUSE_MS.first; ; pause = Math.min(pause * 2, PAUSE_MS.most)) {
      const ground = await this.#read(prints);
      if (await this.#unlocked(ground)) {
        const plan = planCommit(steps, ground, this.#now());
        if (await this.#write(plan, prints, names, by)) return plan.result;
      }
      if (performance.now() > deadline) {
        throw new StoreError(
          'busy',
          `${this.#link.where}: others kept changing the same documents; nothing was written`,
        );
      }
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  /** False: something had moved, nothing was written. */
  async #write(plan: CommitPlan, prints: Footprint, names: readonly string[], by: CommitBy): Promise<boolean> {
    const { result, writes } = plan;
    const { audit = true } = by;
    if (!result.ok || (writes.length === 0 && plan.audit.length === 0)) return true;
    const [only] = writes;
    if (!audit && names.length === 0 && writes.length === 1 && only !== undefined) {
      return replaceRow(this.#link, only, by.fence);
    }
    const outcome = await this.#transaction.commit(writes, names, audit ? plan.audit : [], by, () =>
      this.#stillFree(prints, writes),
    );
    return outcome === 'done';
  }

  /** Whether the unique values have, under their locks, no holder but those that the commit itself writes. */
  async #stillFree(prints: Footprint, writes: CommitPlan['writes']): Promise<boolean> {
    const mine = new Set(writes.map(({ table, id }) => rowKey(table, id)));
    const holders = await this.#holders(prints.unique);
    return prints.unique.every((unique) =>
      (holders.get(uniqueKey(unique)) ?? []).every(({ id }) => mine.has(rowKey(unique.table, id))),
    );
  }

  async #read({ ids, unique }: Footprint): Promise<Ground> {
    const rows = new Map<string, RawRow | null>();
    const reads = [...ids].map(async ([table, set]) => {
      const keys = [...set].filter(isKey);
      for (const id of set) rows.set(rowKey(table, id), null);
      const found = await this.#link.read<readonly RawRow[]>(
        r.table(table, { readMode: 'majority' }).getAll(r.args(r.json(text(keys)))),
        table,
      );
      for (const row of found) rows.set(rowKey(table, row.id), row);
    });
    const [holders] = await Promise.all([this.#holders(unique), ...reads]);
    return { rows, holders };
  }

  async #holders(unique: Footprint['unique']): Promise<ReadonlyMap<string, readonly RawRow[]>> {
    const holders = new Map<string, readonly RawRow[]>();
    await Promise.all(
      unique.map(async (each) => {
        const { table, field, value } = each;
        const from = r.table(table, { readMode: 'majority' });
        const wanted = r.json(text(value));
        const indexed = INDEXED_FIELDS[table]?.includes(field) === true && value !== null;
        const query = indexed
          ? from.getAll(wanted, { index: field })
          : from.filter((row: RDatum) => row(field).eq(wanted));
        holders.set(uniqueKey(each), await this.#link.read<readonly RawRow[]>(query, table));
      }),
    );
    return holders;
  }

  /** Whether no row is locked; gets locks of those that are done or gone out of the way. */
  async #unlocked(ground: Ground): Promise<boolean> {
    const locked = new Map<string, { readonly commit: string; readonly table: string; readonly id: string }>();
    for (const [key, row] of ground.rows) {
      const commit = lockOf(row);
      if (commit === undefined || row === null) continue;
      locked.set(commit, { commit, table: key.slice(0, key.indexOf('\0')), id: row.id });
    }
    for (const { commit, table, id } of locked.values()) await this.#transaction.resolve(commit, table, id);
    return locked.size === 0;
  }
}
