import { randomUUID } from 'node:crypto';
import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import type { Json } from '../../model/document.js';
import { fencePassed } from '../fence-passed.js';
import type { Author, CommitBy } from '../store.js';
import { StoreError } from '../store.js';
import type { AuditDraft, RowWrite } from './commit-plan.js';
import { AUDIT, COMMITS, LOCKS } from './prepare-database.js';
import { isRefusal, nothingWritten } from './rethink-errors.js';
import type { RethinkLink } from './rethink-link.js';
import { decide, isLockedBy, unlocked, withAge } from './row-decisions.js';
import { replaceRows } from './replace-rows.js';
import { HIDDEN, text } from './stored-form.js';
import { FENCED, HARD, MOVED, refusedBy, type WriteResult } from './write-result.js';

/** A commit under way, in the table of commits; the change of its `state` is the moment at which it is done. */
export interface CommitRecord {
  readonly id: string;
  readonly state: 'pending' | 'committed' | 'aborted';
  readonly writes: readonly { readonly table: string; readonly id: string; readonly after: Json }[];
  readonly audit: readonly Json[];
  /** Seconds since it was begun, by the server's clock. */
  readonly age: number;
}

/** Seconds after which a commit that is still pending counts as abandoned by its server. */
export const ABANDONED_S = 5;

/**
 * Several documents, or one with its audit entry, changed all or none in a database that is atomic for single
 * documents only. The way is Percolator's (https://research.google/pubs/pub36726/), with a record of its own as the
 * primary lock:
 * 1. a record of the commit, state `pending`, says all that is to be written;
 * 2. each row is locked: compared with what was read, and marked with the record's id. What it shows stays the same;
 * 3. the record goes from `pending` to `committed`, one atomic write: this is the commit;
 * 4. each locked row gets its new content, the audit entries are inserted, the record goes.
 * A server that finds a lock in the way, or an old record, reads the record: if committed, it is finished (every part of
 * step 4 may be done twice); abandoned, it is aborted first, after which step 3 can never happen.
 */
export class Transaction {
  readonly #link: RethinkLink;
  readonly #notice: (message: string) => void;

  /** `notice` hears of what is left for the sweep to finish. */
  constructor(link: RethinkLink, notice: (message: string) => void) {
    this.#link = link;
    this.#notice = notice;
  }

  /**
   * Writes all, or nothing and says `moved`: a row was no longer what had been read, or `check` said no. `check` runs
   * while all locks are held. Names are locked like rows.
   * @throws StoreError; only `unknown_outcome` leaves open whether all or nothing was written
   */
  async commit(
    writes: readonly RowWrite[],
    names: readonly string[],
    audit: readonly AuditDraft[],
    { author, fence }: CommitBy,
    check: () => Promise<boolean>,
  ): Promise<'done' | typeof MOVED> {
    const id = randomUUID();
    const all = [...writes, ...names.map((name) => ({ table: LOCKS, id: name, before: null, after: null }))];
    let entries: readonly Json[];
    try {
      entries = await this.#numbered(audit, author, id);
      await this.#begin(id, all, entries);
      if (!(await this.#lockOrTakeBack(id, all)) || !(await check())) {
        await this.abort(id, all);
        return MOVED;
      }
    } catch (error) {
      throw nothingWritten(error);
    }
    const decided = await this.#link.write<WriteResult>(
      r.table(COMMITS).get(id).update(decide('committed', fence), HARD),
      COMMITS,
    );
    if ((decided.errors ?? 0) > 0 || (decided.skipped ?? 0) > 0) {
      await this.#takeBack(id, all);
      if (fence !== undefined && decided.first_error === FENCED) throw fencePassed(fence, this.#link.where);
      return MOVED;
    }
    try {
      await this.finish({ id, writes: all, audit: entries });
    } catch (error) {
      this.#notice(`commit ${id} is decided, the sweep will finish it: ${(error as Error).message}`);
    }
    return 'done';
  }

  /** Step 4. May be repeated, by any server. */
  async finish({ id, writes, audit }: Pick<CommitRecord, 'id' | 'writes' | 'audit'>): Promise<void> {
    const entries = r.json(text(audit));
    await Promise.all([
      ...byTable(writes).map(([table, rows]) =>
        replaceRows(
          this.#link,
          table,
          rows.map((row) => [row.id, row.after]),
          (row, after) => r.branch(isLockedBy(row, id), after, row),
        ),
      ),
      audit.length === 0
        ? undefined
        : this.#link.write(r.table(AUDIT).insert(entries, { conflict: 'replace', ...HARD }), AUDIT),
    ]);
    await this.#forget(id);
  }

  /** Takes the locks off again; if the commit turns out to have been decided, finishes it instead. */
  async abort(id: string, writes: readonly { readonly table: string; readonly id: string }[]): Promise<void> {
    const decided = await this.#link.write<WriteResult>(
      r.table(COMMITS).get(id).update(decide('aborted'), HARD),
      COMMITS,
    );
    if ((decided.errors ?? 0) > 0) {
      const record = await this.find(id);
      if (record?.state === 'committed') return this.finish(record);
    }
    await Promise.all(byTable(writes).map(([table, rows]) => this.#unlockRows(id, table, rows)));
    await this.#forget(id);
  }

  /** Aborts a commit that was refused at step 3. */
  async #takeBack(id: string, writes: readonly RowWrite[]): Promise<void> {
    try {
      await this.abort(id, writes);
    } catch (error) {
      throw nothingWritten(error);
    }
  }

  /** Gets a lock by the commit `id` out of the way if its server is done or gone. False: it is still at work. */
  async resolve(id: string, table: string, key: string): Promise<boolean> {
    const record = await this.find(id);
    // Its record went, so all its rows were seen to; a lock that is there was set by a server that overslept.
    if (record === undefined) await this.#unlock(id, table, [key]);
    else if (record.state === 'committed') await this.finish(record);
    else if (record.state === 'aborted' || record.age > ABANDONED_S) await this.abort(id, record.writes);
    else return false;
    return true;
  }

  /** Finishes or aborts unfinished commits of other servers, or of this one before it died. Returns how many. */
  async sweep(): Promise<number> {
    const records = await this.#link.read<readonly CommitRecord[]>(r.table(COMMITS).merge(withAge), COMMITS);
    const left = records.filter(({ state, age }) => state === 'aborted' || age > ABANDONED_S);
    let done = 0;
    let refusal: StoreError | undefined;
    for (const record of left) {
      try {
        if (record.state === 'committed') await this.finish(record);
        else await this.abort(record.id, record.writes);
        done += 1;
      } catch (error) {
        // One whose table is refused must not keep the others from being seen to.
        if (!(error instanceof StoreError) || !isRefusal(error)) throw error;
        refusal = error;
      }
    }
    if (refusal !== undefined && done === 0) throw refusal;
    return done;
  }

  async find(id: string): Promise<CommitRecord | undefined> {
    const found = await this.#link.read<readonly CommitRecord[]>(r.table(COMMITS).getAll(id).merge(withAge), COMMITS);
    return found[0];
  }

  /** Gives audit entries their numbers, from a counter that all servers share. */
  async #numbered(audit: readonly AuditDraft[], author: Author, commit: string): Promise<readonly Json[]> {
    if (audit.length === 0) return [];
    const counter = r.table(LOCKS).get('audit sequence');
    const { changes } = await this.#link.write<WriteResult>(
      counter.replace((row: RDatum) => ({ id: 'audit sequence', n: row('n').default(0).add(audit.length) }), {
        returnChanges: 'always',
        ...HARD,
      }),
      LOCKS,
    );
    const last = changes?.[0]?.new_val.n ?? 0;
    const at = Date.now();
    return audit.map(({ table, id, before, after }, index) => ({
      id: last - audit.length + 1 + index,
      at,
      author,
      commit,
      table,
      document: id,
      // As text: what is in there must not be taken for anything, and may be larger than an array may be.
      before: text(before),
      after: text(after),
    }));
  }

  async #begin(id: string, writes: readonly RowWrite[], audit: readonly Json[]): Promise<void> {
    const kept = writes.map(({ table, id: key, after }) => ({ table, id: key, after }));
    const record = r.json(text({ id, state: 'pending', writes: kept as unknown as Json, audit: audit as Json }));
    const made = await this.#link.write<WriteResult>(
      r.table(COMMITS).insert(record.merge({ at: r.now().toEpochTime() }), HARD),
      COMMITS,
    );
    if ((made.errors ?? 0) > 0) throw refusedBy(made);
  }

  /**
   * Step 2; where a table refuses, the locks in the others are taken off at once: they would keep everybody from those rows
   * until the commit counts as abandoned, and again with every try.
   */
  async #lockOrTakeBack(id: string, writes: readonly RowWrite[]): Promise<boolean> {
    try {
      return await this.#lock(id, writes);
    } catch (error) {
      if (isRefused(error)) await this.#takeBackWhereAllowed(id, writes);
      throw error;
    }
  }

  async #takeBackWhereAllowed(id: string, writes: readonly RowWrite[]): Promise<void> {
    const off = await Promise.allSettled(byTable(writes).map(([table, rows]) => this.#unlockRows(id, table, rows)));
    // A table that may not be written has no lock by this commit either.
    const all = off.every((each) => each.status === 'fulfilled' || isRefused(each.reason));
    if (all) await this.#forget(id);
  }

  /** Step 2. False: a row was not as it had been read; some may be locked all the same. */
  async #lock(id: string, writes: readonly RowWrite[]): Promise<boolean> {
    const locked = byTable(writes).flatMap(([table, rows]) => [
      this.#lockAbsent(id, table, rows.filter(({ before }) => before === null).map((row) => row.id)), // prettier-ignore
      this.#lockRows(
        id,
        table,
        rows.filter(({ before }) => before !== null),
      ),
    ]);
    // All of them: none may still be on its way when locks are taken off again.
    const ended = await Promise.allSettled(locked);
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return ended.every((each) => each.status === 'fulfilled' && each.value);
  }

  async #lockRows(id: string, table: string, rows: readonly RowWrite[]): Promise<boolean> {
    const replaced = await replaceRows(
      this.#link,
      table,
      rows.map((row) => [row.id, row.before]),
      (row, before) => r.branch(row.eq(before), row.merge({ [HIDDEN]: { lock: id } }), r.error(MOVED)),
    );
    return replaced === rows.length;
  }

  async #lockAbsent(id: string, table: string, keys: readonly string[]): Promise<boolean> {
    if (keys.length === 0) return true;
    const rows = keys.map((key) => ({ id: key, [HIDDEN]: { absent: true, lock: id } }));
    const result = await this.#link.write<WriteResult>(r.table(table).insert(r.json(text(rows)), HARD), table);
    if ((result.errors ?? 0) === 0) return true;
    if (result.first_error?.startsWith('Duplicate primary key') === true) return false;
    throw refusedBy(result);
  }

  async #unlockRows(id: string, table: string, rows: readonly { readonly id: string }[]): Promise<void> {
    await this.#unlock(
      id,
      table,
      rows.map((row) => row.id),
    );
  }

  async #unlock(id: string, table: string, keys: readonly string[]): Promise<void> {
    await replaceRows(
      this.#link,
      table,
      keys.map((key) => [key, null]),
      (row) => unlocked(row, id),
    );
  }

  async #forget(id: string): Promise<void> {
    await this.#link.write(r.table(COMMITS).get(id).delete(HARD), COMMITS);
  }
}

function byTable<T extends { readonly table: string }>(writes: readonly T[]): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const write of writes) {
    const group = groups.get(write.table);
    if (group === undefined) groups.set(write.table, [write]);
    else group.push(write);
  }
  return [...groups];
}

function isRefused(error: unknown): boolean {
  return error instanceof StoreError && isRefusal(error);
}
