import type { BodyReader } from '../../set-history/body-reader.js';
import type { BodyEntry } from '../../set-history/body-row.js';
import { HistoryFault } from '../../set-history/history-fault.js';
import type { Contents } from '../../set-history/set-changes.js';

/** Bodies of one hash that are looked at; they differ in the spelling of addresses, if at all. */
const MOST_ALIKE = 8;

/** Whether sets hold the same addresses, in whatever order; sets that hold none do not count. */
function alike(a: Contents, b: Contents): boolean {
  const within = (one: Contents, other: Contents): boolean =>
    [...one].every(([name, addresses]) => {
      const others = other.get(name);
      if (addresses === others || addresses.length === 0) return true;
      if (others?.length !== addresses.length) return false;
      const there = new Set(others);
      return addresses.every((address) => there.has(address));
    });
  return within(a, b) && within(b, a);
}

/** The bodies of sets that are kept, as they were at a time. */
export class KeptBodies {
  readonly #reader: BodyReader;
  readonly #entries: readonly BodyEntry[];
  readonly #at: number;

  constructor(reader: BodyReader, entries: readonly BodyEntry[], at: number) {
    this.#reader = reader;
    this.#entries = entries;
    this.#at = at;
  }

  /** What was published at that time; text: why it is not known. */
  async published(): Promise<Contents | string> {
    const next = this.#entries.findIndex(({ at }) => at > this.#at);
    const after = this.#entries[next];
    const entry = next === -1 ? this.#entries.at(-1) : this.#entries[next - 1];
    if (entry === undefined) return 'no sets of that time are kept';
    if (after !== undefined && (after.gap > 0 || after.seq !== entry.seq + 1))
      return `sets that were published between ${entry.at} and ${after.at} are not kept`;
    return this.#read(entry);
  }

  /** What sets with a hash held; text: why that is not known. */
  async withHash(hash: string): Promise<Contents | string> {
    if (hash === '') return 'the host reported no hash of its sets';
    const found = this.#entries.filter((entry) => entry.hash === hash);
    const before = found.filter(({ at }) => at <= this.#at);
    // Newest first; what was published later can only be meant where nothing else can.
    const candidates = [
      ...new Map((before.length > 0 ? before : found).map((one) => [one.sha, one])).values(),
    ].reverse();
    const [first, ...others] = candidates;
    if (first === undefined) return this.#whyNot(hash);
    if (others.length >= MOST_ALIKE)
      return `sets with the hash ${hash} were published in more than ${MOST_ALIKE} forms`;
    const contents = await this.#read(first);
    for (const other of others) {
      const again = await this.#read(other);
      if (typeof contents === 'string' || typeof again === 'string') continue;
      if (!alike(contents, again))
        return `sets that differ have the hash ${hash}: which of them the host held is not known`;
    }
    return contents;
  }

  async #read(entry: BodyEntry): Promise<Contents | string> {
    if (entry.kind === 'lost') return `the sets published at ${entry.at} were too large to be kept`;
    try {
      return await this.#reader.contents(entry, this.#entries);
    } catch (error) {
      if (error instanceof HistoryFault) return error.message;
      throw error;
    }
  }

  #whyNot(hash: string): string {
    const [oldest] = this.#entries;
    const what = `the host held sets with the hash ${hash}, `;
    if (oldest === undefined) return `${what}and no former sets are kept`;
    if (this.#at < oldest.at) return `${what}and none are kept that were published before ${oldest.at}`;
    const gap = this.#entries.some((entry) => entry.gap > 0);
    return `${what}which are none that are kept${gap ? ' (some were not kept)' : ''}`;
  }
}
