import type { Json } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import type { Stored } from '../store.js';
import type { Row } from './row.js';

/** One table's documents in order of creation, with its indexes. */
export class TableImage {
  #rows = new Map<string, Row>();
  /** Of each indexed field, by its scalar value: the id of the one row that has it, or of all. */
  readonly #indexes = new Map<string, Map<Scalar, string | Set<string>>>();
  /** False after a row came back to its old place (an undone remove): the map's order is then wrong until sorted. */
  #sorted = true;
  #last = -1;
  /** What `list` gave last, until a row changes. */
  #listed: readonly Stored[] | undefined;

  constructor(indexed: readonly string[]) {
    for (const field of indexed) this.#indexes.set(field, new Map());
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** Puts `row` in the place of what `id` had, or takes it out. */
  set(id: string, row: Row | undefined): void {
    this.#listed = undefined;
    const before = this.#rows.get(id);
    this.#reindex(id, before, row);
    if (row === undefined) {
      this.#rows.delete(id);
      return;
    }
    if (before === undefined) {
      if (row.ord < this.#last) this.#sorted = false;
      else this.#last = row.ord;
    }
    this.#rows.set(id, row);
  }

  /** All documents in order of creation: the same frozen list until one is set. */
  list(): readonly Stored[] {
    return (this.#listed ??= Object.freeze(Array.from(this.all(), ({ stored }) => stored)));
  }

  /** All rows in order of creation. */
  all(): Iterable<Row> {
    if (!this.#sorted) {
      this.#rows = new Map([...this.#rows].sort(([, a], [, b]) => a.ord - b.ord));
      this.#sorted = true;
    }
    return this.#rows.values();
  }

  /** Rows whose top-level `field` equals `value`, in order of creation. */
  withField(field: string, value: Json): readonly Row[] {
    const index = this.#indexes.get(field);
    if (index === undefined || !isScalar(value)) {
      return [...this.all()].filter(({ stored: { doc } }) => {
        const held = Object.hasOwn(doc, field) ? doc[field] : undefined;
        return held !== undefined && sameJson(held, value);
      });
    }
    const ids = index.get(value);
    if (ids === undefined) return [];
    const rows: Row[] = [];
    for (const id of typeof ids === 'string' ? [ids] : ids) {
      const row = this.#rows.get(id);
      if (row !== undefined) rows.push(row);
    }
    return rows.sort((a, b) => a.ord - b.ord);
  }

  #reindex(id: string, before: Row | undefined, after: Row | undefined): void {
    for (const [field, index] of this.#indexes) {
      const from = before?.stored.doc[field];
      const to = after?.stored.doc[field];
      if (from === to) continue;
      if (isScalar(from)) drop(index, from, id);
      if (isScalar(to)) add(index, to, id);
    }
  }
}

/** What an index holds: not lists, objects and absence. Each is a key of its own: 1 is not '1'. */
type Scalar = string | number | boolean | null;

function isScalar(value: Json | undefined): value is Scalar {
  return value === null || (value !== undefined && typeof value !== 'object');
}

/** Most values are one row's: a set for each would be most of what an index takes. */
function add(index: Map<Scalar, string | Set<string>>, value: Scalar, id: string): void {
  const ids = index.get(value);
  if (ids === undefined) index.set(value, id);
  else if (typeof ids === 'string') index.set(value, new Set([ids, id]));
  else ids.add(id);
}

function drop(index: Map<Scalar, string | Set<string>>, value: Scalar, id: string): void {
  const ids = index.get(value);
  if (ids === id) index.delete(value);
  else if (typeof ids === 'object' && ids.delete(id) && ids.size === 0) index.delete(value);
}
