import { textOf } from '../model/text-of.js';
import type { Store } from '../store/store.js';
import type { Slices } from '../world/slices.js';
import { type BodyEntry, ENTRY_FIELDS, readEntry } from './body-row.js';
import { hashOfContents } from './hash-of-contents.js';
import { HistoryFault } from './history-fault.js';
import { contentsIn, unpack } from './packed-sets.js';
import { applyChanges, type Contents, readChanges } from './set-changes.js';

export interface BodyReaderNeeds {
  readonly store: Pick<Store, 'get' | 'listFields'>;
  /** Where bodies are put together, a slice at a time. */
  readonly slices: Pick<Slices, 'run'>;
}

/** Bodies kept as they were put together: they share all lists that are the same. */
const MOST_KNOWN = 8;

/** Reads which bodies of sets were published, and puts them together again from table `set_history`. */
export class BodyReader {
  readonly #needs: BodyReaderNeeds;
  /** By id and text; least recently used first. */
  readonly #known = new Map<string, Contents>();

  constructor(needs: BodyReaderNeeds) {
    this.#needs = needs;
  }

  /** All that are kept, oldest first. @throws StoreError */
  async entries(): Promise<readonly BodyEntry[]> {
    const rows = await this.#needs.store.listFields('set_history', ENTRY_FIELDS);
    return rows.flatMap((row) => readEntry(row) ?? []).sort((a, b) => a.seq - b.seq);
  }

  /**
   * What the sets of a body held, from the last whole body before it and what changed since; its hash is worked out anew.
   * @throws HistoryFault where a row is gone or does not fit, or the hash is another; StoreError
   */
  async contents(entry: BodyEntry, entries: readonly BodyEntry[]): Promise<Contents> {
    const found = this.#take(entry);
    if (found !== undefined) return found;
    const contents = await this.#assembled(entry, entries);
    const hash = await this.#needs.slices.run(hashOfContents(contents));
    if (hash !== entry.hash)
      throw new HistoryFault(`the sets ${entry.id} have the hash ${hash} as they are kept, and not ${entry.hash}`);
    this.#known.set(keyOf(entry), contents);
    for (const oldest of this.#known.keys()) if (this.#known.size > MOST_KNOWN) this.#known.delete(oldest);
    return contents;
  }

  #take(entry: BodyEntry): Contents | undefined {
    const key = keyOf(entry);
    const found = this.#known.get(key);
    if (found === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found;
  }

  async #assembled(entry: BodyEntry, entries: readonly BodyEntry[]): Promise<Contents> {
    const { slices } = this.#needs;
    const steps: BodyEntry[] = [];
    let contents: Contents | undefined;
    for (let at = entries.findIndex(({ id }) => id === entry.id); contents === undefined; at -= 1) {
      const one = entries[at];
      const after = steps[0];
      if (one === undefined || (after !== undefined && one.seq !== after.seq - 1))
        throw new HistoryFault(`the sets ${entry.id} build on others that are not kept any more`);
      if (one.kind === 'lost') throw new HistoryFault(`the sets ${one.id} were too large to be kept`);
      contents = this.#take(one);
      if (contents !== undefined) break;
      if (one.kind === 'whole') {
        const lines = await unpack(textOf((await this.#row(one))['packed']));
        contents = await slices.run(contentsIn(lines));
        break;
      }
      steps.unshift(one);
    }
    for (const step of steps) {
      const changes = readChanges((await this.#row(step))['sets']);
      contents = await slices.run(applyChanges(contents, changes));
    }
    return contents;
  }

  async #row(entry: BodyEntry) {
    const row = (await this.#needs.store.get('set_history', entry.id))?.doc;
    if (row === undefined || readEntry(row)?.sha !== entry.sha)
      throw new HistoryFault(`the sets ${entry.id} are not kept any more`);
    return row;
  }
}

function keyOf({ id, sha }: BodyEntry): string {
  return `${id} ${sha}`;
}
