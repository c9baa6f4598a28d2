import type { Document } from '../../model/document.js';

interface Row {
  readonly doc: Document;
  recorded: boolean;
}

/** Hashes kept here while the store refuses them; of more, hosts with the oldest are told the newest sets again. */
const MOST = 200;

/**
 * What the broker has confirmed of the sets: true from the confirm on, whether the store takes the note of it or not. Hosts
 * are compared with it, and nothing is sent again that was confirmed. A plain object that outlives the publisher.
 */
export class ConfirmedSets {
  #sha: string | undefined = undefined;
  #rows: readonly Row[] = [];
  /**
   * Whether agents may still have all sets from another server: `open` until something was sent or found to be there;
   * `waits`: hosts have yet to say what they have.
   */
  takeover: 'open' | 'waits' | 'over' = 'open';

  /** SHA-256 of the text that all agents have; `undefined`: none was confirmed in this run. */
  get sha(): string | undefined {
    return this.#sha;
  }

  set sha(sha: string | undefined) {
    this.#sha = sha;
  }

  /** A new row for table `ipset`. */
  add(doc: Document): void {
    this.#rows = [...this.#rows.filter(({ recorded }) => !recorded), { doc, recorded: false }].slice(-MOST);
  }

  /** Those that the store does not have yet, oldest first. */
  unrecorded(): readonly Document[] {
    return this.#rows.filter(({ recorded }) => !recorded).map(({ doc }) => doc);
  }

  /** The store has them; the newest is remembered all the same until there is another. */
  recorded(docs: readonly Document[]): void {
    for (const row of this.#rows) if (docs.includes(row.doc)) row.recorded = true;
  }

  /** All rows that count: those of the table, and those that it does not show yet. */
  with(table: ReadonlyMap<string, Document>): readonly Document[] {
    return [...table.values(), ...this.#rows.filter(({ doc }) => !table.has(doc.id)).map(({ doc }) => doc)];
  }
}
