import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import { isLong, packRuleset, packRulesetSync, type StoredRuleset, VARIANTS } from '../../model/stored-ruleset.js';
import type { Change } from '../../store/store.js';

type Compiled = CompiledGroup & { readonly ok: true };

/**
 * The texts that groups have, each once: the same in memory for all groups of a ruleset, packed once however often it
 * was compiled, and written to table `ruleset_text` once. Which of them the store holds is known here, so that a row
 * naming one is never committed without it (`steps`), and none goes that somebody is about to name (`claim`).
 */
export class SharedRulesets {
  /** What is not held any more goes by itself. */
  readonly #known = new Map<string, WeakRef<StoredRuleset>>();
  readonly #gone = new FinalizationRegistry<string>((id) => {
    if (this.#known.get(id)?.deref() === undefined) this.#known.delete(id);
  });
  readonly #packed = new WeakMap<Compiled, StoredRuleset | Promise<StoredRuleset>>();
  readonly #loading = new Map<string, Promise<StoredRuleset | undefined>>();
  /** Those that the store holds, as far as this process has seen. */
  readonly #saved = new Set<string>();
  readonly #claims = new Map<string, number>();
  /** Some group has other texts than before, or is gone: there may be texts that no row names. */
  abandoned = true;

  /** The texts of a compilation, at once unless one is very long. The same object for equal texts. */
  pack(compiled: Compiled): StoredRuleset | Promise<StoredRuleset> {
    const known = this.#packed.get(compiled);
    if (known !== undefined) return known;
    const packed = VARIANTS.some((variant) => isLong(compiled[variant]))
      ? packRuleset(compiled, compiled.sets).then((ruleset) => this.intern(ruleset))
      : this.intern(packRulesetSync(compiled, compiled.sets));
    this.#packed.set(compiled, packed);
    return packed;
  }

  /** The object that stands for these texts. */
  intern(ruleset: StoredRuleset): StoredRuleset {
    const known = this.#known.get(ruleset.id)?.deref();
    if (known !== undefined) return known;
    this.#known.set(ruleset.id, new WeakRef(ruleset));
    this.#gone.register(ruleset, ruleset.id);
    return ruleset;
  }

  /** The texts of this id, read by one at a time; `undefined` when `read` gives none. */
  load(id: string, read: () => Promise<StoredRuleset | undefined>): Promise<StoredRuleset | undefined> {
    const known = this.#known.get(id)?.deref();
    if (known !== undefined) return Promise.resolve(known);
    const underWay = this.#loading.get(id);
    if (underWay !== undefined) return underWay;
    const loading = read()
      .then((ruleset) => {
        if (ruleset?.id !== id) return undefined;
        this.#saved.add(id);
        return this.intern(ruleset);
      })
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  /** What a commit that names these texts must begin with. */
  steps({ id, doc }: StoredRuleset): readonly Change[] {
    return this.#saved.has(id) ? [] : [{ op: 'upsert', table: 'ruleset_text', id, edit: () => doc }];
  }

  /** Such a commit is written. */
  saved({ id }: StoredRuleset): void {
    this.#saved.add(id);
  }

  /** Keeps the texts in the store until the claim is given back. */
  claim({ id }: StoredRuleset): () => void {
    this.#claims.set(id, (this.#claims.get(id) ?? 0) + 1);
    return () => {
      const left = (this.#claims.get(id) ?? 1) - 1;
      if (left > 0) this.#claims.set(id, left);
      else this.#claims.delete(id);
    };
  }

  isClaimed(id: string): boolean {
    return this.#claims.has(id);
  }

  /** They are about to be removed from the store: a group that names them later writes them again. */
  forget(id: string): void {
    this.#saved.delete(id);
  }
}
