import type { Json, JsonObject } from '../../model/document.js';

/** The four texts of a group's ruleset, as the publisher sends them. */
export const VARIANTS = ['set4', 'set6', 'unset4', 'unset6'] as const;
export type Variant = (typeof VARIANTS)[number];
export interface RulesetText {
  readonly text: string;
  readonly hash: string;
}

/** A group's last good ruleset (table `ruleset_output`, id = group id). Times are epoch seconds. */
export interface RulesetOutput {
  readonly groupId: string;
  readonly groupName: string;
  readonly dialect: 'dog1' | 'dog2';
  readonly texts: Readonly<Record<Variant, RulesetText>>;
  /** Names of the sets that the texts name: they must be published before. */
  readonly sets: readonly string[];
  readonly compiledAt: number;
  /** When the broker confirmed exactly these texts; null: not yet. */
  readonly publishedAt: number | null;
}

/** Why a group's policy can't be compiled today; its last good ruleset stays (decisions 2). */
export interface CompileFailure {
  readonly error: JsonObject;
  readonly at: number;
}

/** The group row's hash field of each text. */
export const HASH_FIELD_OF = {
  set4: 'hash4_ipsets',
  set6: 'hash6_ipsets',
  unset4: 'hash4_iptables',
  unset6: 'hash6_iptables',
} as const satisfies Record<Variant, string>;

/** The four hash fields of a group row. */
export const hashFieldsOf = (output: RulesetOutput): Readonly<Record<string, string>> =>
  Object.fromEntries(VARIANTS.map((variant) => [HASH_FIELD_OF[variant], output.texts[variant].hash]));

/** The document that the store keeps; texts included, so that a restart can repair hosts before it compiles. */
export const outputToDoc = (
  groupId: string,
  groupName: string,
  output: RulesetOutput | undefined,
  failure: CompileFailure | undefined,
): JsonObject & { readonly id: string } => ({
  id: groupId,
  group_name: groupName,
  ...(output === undefined
    ? { compiled_at: null, published_at: null }
    : {
        ...Object.fromEntries(VARIANTS.map((variant) => [variant, { ...output.texts[variant] }])),
        dialect: output.dialect,
        sets: output.sets,
        compiled_at: output.compiledAt,
        published_at: output.publishedAt,
      }),
  error: failure?.error ?? null,
  error_at: failure?.at ?? null,
});

const textOf = (value: Json | undefined): RulesetText | undefined => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { text, hash } = value as JsonObject;
  return typeof text === 'string' && typeof hash === 'string' ? { text, hash } : undefined;
};

/** Reads what `outputToDoc` wrote; `undefined` when there is no good ruleset in it. */
export const outputFromDoc = (doc: JsonObject | undefined): RulesetOutput | undefined => {
  if (doc === undefined || typeof doc.id !== 'string' || typeof doc.group_name !== 'string') return undefined;
  const set4 = textOf(doc.set4);
  const set6 = textOf(doc.set6);
  const unset4 = textOf(doc.unset4);
  const unset6 = textOf(doc.unset6);
  const dialect = doc.dialect === 'dog1' || doc.dialect === 'dog2' ? doc.dialect : undefined;
  if (set4 === undefined || set6 === undefined || unset4 === undefined || unset6 === undefined || dialect === undefined)
    return undefined;
  return {
    groupId: doc.id,
    groupName: doc.group_name,
    dialect,
    texts: { set4, set6, unset4, unset6 },
    sets: Array.isArray(doc.sets) ? doc.sets.filter((name): name is string => typeof name === 'string') : [],
    compiledAt: typeof doc.compiled_at === 'number' ? doc.compiled_at : 0,
    publishedAt: typeof doc.published_at === 'number' ? doc.published_at : null,
  };
};

/** Reads the failure that `outputToDoc` wrote, if any. */
export const failureFromDoc = (doc: JsonObject | undefined): CompileFailure | undefined => {
  const error = doc?.error;
  if (error === null || typeof error !== 'object' || Array.isArray(error)) return undefined;
  return { error: error as JsonObject, at: typeof doc?.error_at === 'number' ? doc.error_at : 0 };
};

/**
 * The last good ruleset of every group, in memory: profile actors write it, publishers and repairs read it.
 * `failures` holds the groups that can't be compiled now.
 */
export class RulesetOutputs {
  readonly #outputs = new Map<string, RulesetOutput>();
  readonly #published = new Map<string, { readonly hashes: string; readonly at: number }>();
  readonly failures = new Map<string, CompileFailure>();

  get(groupId: string): RulesetOutput | undefined {
    return this.#outputs.get(groupId);
  }

  set(output: RulesetOutput): void {
    this.#outputs.set(output.groupId, output);
    if (output.publishedAt === null) return;
    const hashes = VARIANTS.map((variant) => output.texts[variant].hash).join();
    const last = this.#published.get(output.groupId);
    // Sent once more without a change, it gives nobody more time.
    if (last?.hashes !== hashes) this.#published.set(output.groupId, { hashes, at: output.publishedAt });
  }

  /** Since when, epoch seconds, hosts are expected to have what the group's hashes say; `undefined`: not in this run. */
  changedAt(groupId: string): number | undefined {
    return this.#published.get(groupId)?.at;
  }

  delete(groupId: string): void {
    this.#outputs.delete(groupId);
    this.#published.delete(groupId);
    this.failures.delete(groupId);
  }

  values(): Iterable<RulesetOutput> {
    return this.#outputs.values();
  }
}
