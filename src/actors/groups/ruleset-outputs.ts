import { createHash } from 'node:crypto';
import type { JsonObject } from '../../model/document.js';
import { byVariant } from '../../model/ruleset-variants.js';
import { RolloutBook } from '../rollouts/rollout-book.js';
import { CountedMap } from '../../model/counted-map.js';
import { RevisionBook } from './revision-book.js';
import { SharedRulesets } from './shared-rulesets.js';
import { type StoredRuleset, VARIANTS } from '../../model/stored-ruleset.js';

export { VARIANTS };

/** A group's last good ruleset (table `ruleset_output`, id = group id). Times are epoch seconds. */
export interface RulesetOutput {
  readonly groupId: string;
  readonly groupName: string;
  readonly dialect: 'dog1' | 'dog2';
  /** Shared by all groups that have the same texts, which name sets that must be published before. */
  readonly ruleset: StoredRuleset;
  readonly compiledAt: number;
  /** When the broker confirmed exactly these texts; null: not yet. */
  readonly publishedAt: number | null;
  /** `madeFrom` of these texts and of what they were compiled from; absent: that is not known. */
  readonly madeFrom?: string;
}

/**
 * One word for "exactly these texts come of these inputs" (`compileInputs`). It names the texts too, so that it says
 * nothing beside others. Absent inputs give none.
 */
export function madeFrom(
  inputs: string | undefined,
  ruleset: Pick<StoredRuleset, 'id'>,
): { readonly madeFrom?: string } {
  if (inputs === undefined) return {};
  return { madeFrom: createHash('sha256').update(`${inputs} ${ruleset.id}`).digest('base64') };
}

/**
 * Why a group's policy can't be compiled today; its last good ruleset stays
 * (docs/decisions/0002-never-publish-what-the-kernel-refuses.md).
 */
export interface CompileFailure {
  readonly error: JsonObject;
  readonly at: number;
}

/** The four hash fields of a group row. */
export function hashFieldsOf(output: RulesetOutput): Readonly<Record<string, string>> {
  return byVariant('hashField', ({ key }) => output.ruleset.texts[key].hash);
}

/** The document that the store keeps. It names its texts, which are kept once for all groups (table `ruleset_text`). */
export function outputToDoc(
  groupId: string,
  groupName: string,
  output: RulesetOutput | undefined,
  failure: CompileFailure | undefined,
): JsonObject & { readonly id: string } {
  return {
    id: groupId,
    group_name: groupName,
    ...(output === undefined
      ? { compiled_at: null, published_at: null }
      : {
          texts: output.ruleset.id,
          dialect: output.dialect,
          compiled_at: output.compiledAt,
          published_at: output.publishedAt,
          ...(output.madeFrom === undefined ? {} : { made_from: output.madeFrom }),
        }),
    error: failure?.error ?? null,
    error_at: failure?.at ?? null,
  };
}

/** Reads what `outputToDoc` wrote, with the texts that it names; `undefined` when there is no good ruleset in it. */
export function outputFromDoc(
  doc: JsonObject | undefined,
  ruleset: StoredRuleset | undefined,
): RulesetOutput | undefined {
  if (doc === undefined || typeof doc.id !== 'string' || typeof doc.group_name !== 'string') return undefined;
  const dialect = doc.dialect === 'dog1' || doc.dialect === 'dog2' ? doc.dialect : undefined;
  if (ruleset === undefined || dialect === undefined) return undefined;
  return {
    groupId: doc.id,
    groupName: doc.group_name,
    dialect,
    ruleset,
    compiledAt: typeof doc.compiled_at === 'number' ? doc.compiled_at : 0,
    publishedAt: typeof doc.published_at === 'number' ? doc.published_at : null,
    ...(typeof doc.made_from === 'string' ? { madeFrom: doc.made_from } : {}),
  };
}

/** Reads the failure that `outputToDoc` wrote, if any. */
export function failureFromDoc(doc: JsonObject | undefined): CompileFailure | undefined {
  const error = doc?.error;
  if (error === null || typeof error !== 'object' || Array.isArray(error)) return undefined;
  return { error: error as JsonObject, at: typeof doc?.error_at === 'number' ? doc.error_at : 0 };
}

/**
 * The last good ruleset of every group, in memory: profile actors write it, publishers and repairs read it.
 * `failures` holds the groups that can't be compiled now.
 */
export class RulesetOutputs {
  readonly #outputs = new CountedMap<string, RulesetOutput>();
  readonly #published = new Map<
    string,
    { readonly hashes: string; readonly at: number; readonly output: RulesetOutput }
  >();
  readonly failures = new CountedMap<string, CompileFailure>();
  /** Groups taken over from another server whose hosts have yet to say what they run: nothing is compared with it. */
  readonly awaited = new Set<string>();
  /** The texts of all groups, each once. */
  readonly rulesets = new SharedRulesets();
  /** Their revisions, and who is held at one. */
  readonly revisions = new RevisionBook();
  /** Changes of their rules that are on their way to their hosts. */
  readonly rollouts = new RolloutBook();
  /** What a group would be compiled from now (`compileInputs`), by its id; `undefined`: it is to be compiled anyhow. */
  inputsOf: (groupId: string) => string | undefined = () => undefined;
  /** When the change was seen that a group is being compiled for, monotonic milliseconds, until the publisher takes note. */
  readonly #changeSeenAt = new Map<string, number>();

  get(groupId: string): RulesetOutput | undefined {
    return this.#outputs.get(groupId);
  }

  /** Grows with each change of a group's newest ruleset or failure, and of a rollout. */
  get changes(): number {
    return this.#outputs.changes + this.failures.changes + this.rollouts.changes;
  }

  set(output: RulesetOutput): void {
    const before = this.#outputs.get(output.groupId);
    this.#outputs.set(output.groupId, output);
    if (before !== undefined && before.ruleset.id !== output.ruleset.id) this.rulesets.abandoned = true;
    this.confirm(output);
  }

  /** Hosts have these texts, or will: they are compared with them, also while newer ones are on their way. */
  confirm(output: RulesetOutput): void {
    if (output.publishedAt === null) return;
    const hashes = VARIANTS.map((variant) => output.ruleset.texts[variant].hash).join();
    const last = this.#published.get(output.groupId);
    // Sent once more without a change, it gives hosts no more time.
    if (last?.hashes !== hashes) this.#published.set(output.groupId, { hashes, at: output.publishedAt, output });
  }

  /** The group's hash fields as confirmed last, whether its row has them or not; `undefined`: not in this run. */
  confirmedHashes(groupId: string): Readonly<Record<string, string>> | undefined {
    const output = this.#published.get(groupId)?.output;
    return output === undefined ? undefined : hashFieldsOf(output);
  }

  /** Full names of the sets in the texts that were confirmed last; `undefined`: not in this run. */
  confirmedSets(groupId: string): readonly string[] | undefined {
    return this.#published.get(groupId)?.output.ruleset.sets;
  }

  /** The sets of every ruleset that hosts have or may be given: a list of names each. */
  *setLists(): Generator<readonly string[]> {
    for (const { ruleset } of this.#outputs.values()) yield ruleset.sets;
    for (const { output } of this.#published.values()) yield output.ruleset.sets;
    for (const { ruleset } of this.rollouts.rulesets()) yield ruleset.sets;
  }

  /** Since when, epoch seconds, hosts are expected to have what the group's hashes say; `undefined`: not in this run. */
  changedAt(groupId: string): number | undefined {
    return this.#published.get(groupId)?.at;
  }

  /** What was compiled last is no longer to be sent: the group has what was confirmed before, which this gives; undefined: nothing. */
  giveUp(groupId: string): RulesetOutput | undefined {
    const confirmed = this.#published.get(groupId)?.output;
    if (confirmed === undefined) this.#outputs.delete(groupId);
    else this.#outputs.set(groupId, confirmed);
    this.rulesets.abandoned = true;
    return confirmed;
  }

  delete(groupId: string): void {
    this.#outputs.delete(groupId);
    this.#published.delete(groupId);
    this.failures.delete(groupId);
    this.awaited.delete(groupId);
    this.#changeSeenAt.delete(groupId);
    this.revisions.forget(groupId);
    this.rulesets.abandoned = true;
  }

  values(): Iterable<RulesetOutput> {
    return this.#outputs.values();
  }

  /** A change is seen that may change the group's ruleset; undefined: it did not. */
  noteChange(groupId: string, seenAt: number | undefined): void {
    if (seenAt === undefined) this.#changeSeenAt.delete(groupId);
    else this.#changeSeenAt.set(groupId, seenAt);
  }

  /** When the change was seen that the group's newest ruleset is of; it is told once. */
  takeChange(groupId: string): number | undefined {
    const seenAt = this.#changeSeenAt.get(groupId);
    this.#changeSeenAt.delete(groupId);
    return seenAt;
  }
}
