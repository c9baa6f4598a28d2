import type { Document } from '../../model/document.js';
import type { RowChange } from '../../model/row-change.js';

/** Which rulesets there are for which profile. */
export interface RulesetsByProfile {
  /** Those that name the profile, in no order. */
  naming(profileId: string): Iterable<Document>;
  /** Those that name theirs in a way that cannot be read, in no order. */
  readonly astray: Iterable<Document>;
}

/** The key of a ruleset in the index; undefined: it is of no profile. */
function profileOf({ profile_id: profileId }: Document): string | undefined {
  if (profileId === undefined) return undefined;
  return typeof profileId === 'string' ? `of ${profileId}` : 'astray';
}

/**
 * Rulesets by what they say of their profile. Whoever keeps the table tells it of each change, so that it holds what a
 * new one made of the table would hold.
 */
export class RulesetIndex implements RulesetsByProfile {
  readonly #rows = new Map<string, Map<string, Document>>();

  /** Of a table as it is now. */
  static of(rulesets: Iterable<Document>): RulesetIndex {
    const index = new RulesetIndex();
    for (const after of rulesets) index.update({ id: after.id, after });
    return index;
  }

  update({ id, before, after }: RowChange): void {
    const from = before === undefined ? undefined : profileOf(before);
    const to = after === undefined ? undefined : profileOf(after);
    if (from !== undefined && from !== to) {
      const rows = this.#rows.get(from);
      rows?.delete(id);
      if (rows?.size === 0) this.#rows.delete(from);
    }
    if (to === undefined || after === undefined) return;
    const rows = this.#rows.get(to);
    if (rows === undefined) this.#rows.set(to, new Map([[id, after]]));
    else rows.set(id, after);
  }

  naming(profileId: string): Iterable<Document> {
    return this.#rows.get(`of ${profileId}`)?.values() ?? [];
  }

  get astray(): Iterable<Document> {
    return this.#rows.get('astray')?.values() ?? [];
  }
}

/** The same after some rulesets changed: `changed` has each by id; undefined: removed. */
export function changedRulesets(
  base: RulesetsByProfile,
  changed: ReadonlyMap<string, Document | undefined>,
): RulesetsByProfile {
  const index = RulesetIndex.of([...changed.values()].filter((row) => row !== undefined));
  function* both(before: Iterable<Document>, after: Iterable<Document>): Generator<Document> {
    for (const row of before) if (!changed.has(row.id)) yield row;
    yield* after;
  }
  return {
    naming: (profileId) => both(base.naming(profileId), index.naming(profileId)),
    get astray() {
      return both(base.astray, index.astray);
    },
  };
}
