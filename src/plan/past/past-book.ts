import type { Family } from '../../firewall/addresses/family.js';
import { type HeldPeriod, periodsOf } from '../../host/hash-history.js';
import type { Document } from '../../model/document.js';
import { readRuleset, type StoredRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import type { BodyReader } from '../../set-history/body-reader.js';
import type { Contents } from '../../set-history/set-changes.js';
import type { Store } from '../../store/store.js';
import { type Holding, holdingOf } from './holding.js';
import { KeptBodies } from './kept-bodies.js';
import { KeptRevisions } from './kept-revisions.js';

export interface PastBookNeeds {
  readonly store: Pick<Store, 'get' | 'list' | 'listFields'>;
  readonly bodies: BodyReader;
}

/** Different bodies of sets that one question looks at. */
const MOST_BODIES = 32;
/** Rows read at once. */
const AT_ONCE = 16;

/** What hosts held of one family: its text, or why that is not known. */
export type HeldText = { readonly text: string; readonly revision: number | null } | { readonly why: string };

/** What is known of a time: what hosts reported then, and the texts and sets that those hashes stand for. */
export class PastBook {
  readonly #needs: PastBookNeeds;
  readonly #periods: ReadonlyMap<string, readonly HeldPeriod[]>;
  readonly #revisions: KeptRevisions;
  readonly #bodies: KeptBodies;
  readonly #texts = new Map<string, StoredRuleset | undefined>();
  readonly #contents = new Map<string, Contents | string>();
  /** Epoch seconds. */
  readonly at: number;
  /** What all sets held as they were published then; text: why that is not known. */
  readonly published: Contents | string;

  private constructor(
    needs: PastBookNeeds,
    at: number,
    parts: {
      readonly periods: ReadonlyMap<string, readonly HeldPeriod[]>;
      readonly revisions: KeptRevisions;
      readonly bodies: KeptBodies;
      readonly published: Contents | string;
    },
  ) {
    this.#needs = needs;
    this.at = at;
    this.#periods = parts.periods;
    this.#revisions = parts.revisions;
    this.#bodies = parts.bodies;
    this.published = parts.published;
  }

  /** @throws StoreError */
  static async open(needs: PastBookNeeds, at: number): Promise<PastBook> {
    const { store } = needs;
    const bodies = new KeptBodies(needs.bodies, await needs.bodies.entries(), at);
    const histories = await store.list('host_history');
    return new PastBook(needs, at, {
      periods: new Map(histories.map(({ doc }) => [doc.id, periodsOf(doc)])),
      revisions: await KeptRevisions.load(store),
      bodies,
      published: await bodies.published(),
    });
  }

  /** What a host held. */
  holding(host: Document): Holding {
    return holdingOf(host, this.#periods.get(textOf(host['hostkey'])) ?? [], this.at);
  }

  /** Whether what a holding stands for was read. */
  has(holding: Holding): boolean {
    const { hashes } = holding;
    if (hashes === null) return true;
    return this.#contents.has(hashes.ipset_hash) && this.#textIds(holding).every((id) => this.#texts.has(id));
  }

  /** Reads what holdings stand for. @throws StoreError */
  async load(holdings: readonly Holding[]): Promise<void> {
    const missing = new Set(holdings.flatMap((one) => this.#textIds(one)).filter((id) => !this.#texts.has(id)));
    const ids = [...missing];
    for (let at = 0; at < ids.length; at += AT_ONCE)
      await Promise.all(
        ids.slice(at, at + AT_ONCE).map(async (id) => {
          this.#texts.set(id, readRuleset((await this.#needs.store.get('ruleset_text', id))?.doc));
        }),
      );
    for (const { hashes } of holdings) {
      if (hashes === null || this.#contents.has(hashes.ipset_hash)) continue;
      const { ipset_hash: hash } = hashes;
      const isOver = this.#contents.size >= MOST_BODIES;
      this.#contents.set(
        hash,
        isOver
          ? `hosts held over ${MOST_BODIES} different sets: give narrower ends`
          : await this.#bodies.withHash(hash),
      );
    }
  }

  text(holding: Holding, family: Family): HeldText {
    if (holding.hashes === null) return { why: holding.why ?? '' };
    const held = this.#revisions.of(holding, family);
    if (typeof held === 'string') return { why: held };
    const texts = this.#texts.get(held.texts)?.texts;
    if (texts === undefined) return { why: 'the text of the revision that the host held is not kept any more' };
    return { text: texts[family === 'v4' ? 'set4' : 'set6'].text, revision: held.number };
  }

  /** What sets of a host held; text: why that is not known. */
  contents({ hashes, why }: Holding): Contents | string {
    return hashes === null ? (why ?? '') : (this.#contents.get(hashes.ipset_hash) ?? 'its sets were not read');
  }

  #textIds(holding: Holding): readonly string[] {
    if (holding.hashes === null) return [];
    return (['v4', 'v6'] as const).flatMap((family) => {
      const held = this.#revisions.of(holding, family);
      return typeof held === 'string' ? [] : [held.texts];
    });
  }
}
