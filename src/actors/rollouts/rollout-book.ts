import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { HostProgress } from '../../rollout/host-progress.js';
import { assignedRevision, isLive, type Rollout, stepOf } from '../../rollout/rollout.js';
import type { RolloutPolicy } from '../../rollout/rollout-policy.js';
import { CountedMap } from '../../model/counted-map.js';

/** What is known of a rollout's hosts in this run; what a restart forgets, their next reports show again. */
export interface RolloutWatch {
  /** By hostkey. */
  readonly progress: Map<string, HostProgress>;
  /** Why hosts are not judged, by hostkey. */
  readonly exempt: Map<string, string>;
  /** How far hosts are with coming back over a new connection, by hostkey. */
  readonly reconnects: Map<string, Reconnect>;
}

/** `closed`: the name of the connection that was closed, and when (epoch seconds). */
export type Reconnect =
  { readonly at: 'closed'; readonly connection: string; readonly since: number } | { readonly at: 'proven' };

/** What a host of a group with a rollout is to have instead of what its group has. */
export interface Ahead {
  readonly ruleset: StoredRuleset;
  readonly compiledAt: number;
  /** When its message was confirmed, epoch seconds; null: not yet. */
  readonly confirmedAt: number | null;
}

/** Names of one group that are remembered. */
const MOST_FORMER_NAMES = 5;

/**
 * The newest rollout of each group, and which groups change in steps; a plain object that outlives the crash of any
 * actor. A group's roller alone writes its rollout, and only what the store has already.
 */
export class RolloutBook {
  readonly #rollouts = new CountedMap<string, Rollout>();
  readonly #watches = new Map<string, RolloutWatch>();
  readonly #lastNumbers = new Map<string, number>();
  readonly #formerNames = new Map<string, readonly string[]>();
  /** Of groups that have one of their own, by the group's id. */
  readonly policies = new Map<string, RolloutPolicy>();
  /** Of all others; undefined: their changes go to all hosts at once. */
  usual: RolloutPolicy | undefined = undefined;

  /** Grows with each change of a rollout. */
  get changes(): number {
    return this.#rollouts.changes;
  }

  get(groupId: string): Rollout | undefined {
    return this.#rollouts.get(groupId);
  }

  /** Of the group's newest rollout, also of one whose texts are no longer kept; 0: it had none. */
  lastNumber(groupId: string): number {
    return this.#lastNumbers.get(groupId) ?? 0;
  }

  /** The store has a rollout of this number: no other one may take it. */
  noteNumber(groupId: string, number: number): void {
    this.#lastNumbers.set(groupId, Math.max(number, this.lastNumber(groupId)));
  }

  /** Names that a group had before, as far as this run, or its newest rollout, has seen; the newest last. */
  formerNames(groupId: string): readonly string[] {
    return this.#formerNames.get(groupId) ?? this.#rollouts.get(groupId)?.formerNames ?? [];
  }

  /** The group was called so until now. */
  noteFormerName(groupId: string, name: string): void {
    const others = this.formerNames(groupId).filter((one) => one !== name);
    this.#formerNames.set(groupId, [...others, name].slice(-MOST_FORMER_NAMES));
  }

  values(): Iterable<Rollout> {
    return this.#rollouts.values();
  }

  /** The newest of its group. Of another one than before nothing is known yet. */
  set(rollout: Rollout): void {
    if (this.#rollouts.get(rollout.groupId)?.id !== rollout.id) this.#watches.delete(rollout.groupId);
    this.#rollouts.set(rollout.groupId, rollout);
    this.noteNumber(rollout.groupId, rollout.number);
    if (!isLive(rollout)) this.#watches.delete(rollout.groupId);
  }

  forget(groupId: string): void {
    this.#rollouts.delete(groupId);
    this.#watches.delete(groupId);
    this.#lastNumbers.delete(groupId);
    this.#formerNames.delete(groupId);
    this.policies.delete(groupId);
  }

  policyOf(groupId: string): RolloutPolicy | undefined {
    return this.policies.get(groupId) ?? this.usual;
  }

  watch(groupId: string): RolloutWatch {
    const known = this.#watches.get(groupId);
    if (known !== undefined) return known;
    const made: RolloutWatch = { progress: new Map(), exempt: new Map(), reconnects: new Map() };
    this.#watches.set(groupId, made);
    return made;
  }

  /** What this host is to have instead of what its group has; undefined: the same. */
  ahead(groupId: string, hostkey: string): Ahead | undefined {
    const rollout = this.#rollouts.get(groupId);
    if (rollout === undefined || assignedRevision(rollout, hostkey) === 'group') return undefined;
    const { candidate: ruleset, compiledAt } = rollout;
    return { ruleset, compiledAt, confirmedAt: stepOf(rollout, hostkey)?.confirmedAt ?? null };
  }

  /** Since when this host is given back what its group has, epoch seconds; undefined: it always had that. */
  returnedAt(groupId: string, hostkey: string): number | undefined {
    const rollout = this.#rollouts.get(groupId);
    if (rollout === undefined || rollout.returnedAt === null || stepOf(rollout, hostkey) === undefined)
      return undefined;
    return rollout.returnedAt;
  }

  /** What hosts of the group have while its policy compiles to something else; undefined: what it compiles to. */
  heldAt(groupId: string): StoredRuleset | undefined {
    const rollout = this.#rollouts.get(groupId);
    if (rollout === undefined || rollout.state === 'done' || rollout.state === 'superseded') return undefined;
    return rollout.state === 'promoting' || rollout.pause?.from === 'promoting' ? undefined : rollout.base;
  }

  /** Texts that rollouts may yet send: sets that they name must stay, and so must they. */
  *rulesets(): Generator<{ readonly groupName: string; readonly ruleset: StoredRuleset }> {
    for (const rollout of this.#rollouts.values()) {
      if (!isLive(rollout)) continue;
      yield { groupName: rollout.groupName, ruleset: rollout.candidate };
      yield { groupName: rollout.groupName, ruleset: rollout.base };
    }
  }
}
