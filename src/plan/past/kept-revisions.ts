import type { Family } from '../../firewall/addresses/family.js';
import type { Document } from '../../model/document.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import { isObject } from '../../model/validate.js';
import type { Store } from '../../store/store.js';
import type { Holding } from './holding.js';

/** A revision whose text a host held: its number (null: it is another group's), and the row of table `ruleset_text`. */
export interface HeldRevision {
  readonly number: number | null;
  readonly texts: string;
}

const FIELDS = ['group_name', 'number', 'hashes', 'texts'] as const;

function hashField(family: Family): 'hash4_ipsets' | 'hash6_ipsets' {
  return family === 'v4' ? 'hash4_ipsets' : 'hash6_ipsets';
}

/** Which revisions of groups are kept, by the hashes that hosts report which hold them. */
export class KeptRevisions {
  readonly #byHash = new Map<string, HeldRevision>();

  constructor(rows: readonly Document[]) {
    // Later ones of the same text come after the earlier ones, and count.
    for (const row of [...rows].sort((a, b) => Number(a['number']) - Number(b['number']))) {
      const { number, hashes, texts } = row;
      if (typeof number !== 'number' || !isObject(hashes) || typeof texts !== 'string') continue;
      for (const { family } of variantsOfType('ipsets')) {
        const hash = textOf(hashes[hashField(family)]);
        if (hash === '') continue;
        this.#byHash.set(JSON.stringify([textOf(row['group_name']), family, hash]), { number, texts });
        this.#byHash.set(JSON.stringify([family, hash]), { number: null, texts });
      }
    }
  }

  static async load(store: Pick<Store, 'listFields'>): Promise<KeptRevisions> {
    return new KeptRevisions(await store.listFields('revision', FIELDS));
  }

  /** What hosts held of a family; text: why that is not known. */
  of({ group, hashes }: Holding, family: Family): HeldRevision | string {
    const hash = hashes?.[hashField(family)] ?? '';
    if (hash === '') return `the host reported no hash of its ${family === 'v4' ? 'IPv4' : 'IPv6'} rules`;
    return (
      this.#byHash.get(JSON.stringify([group, family, hash])) ??
      // A host that was moved has its former group's rules for a while.
      this.#byHash.get(JSON.stringify([family, hash])) ??
      `the host held rules with the hash ${hash}, which are no revision that is kept`
    );
  }
}
