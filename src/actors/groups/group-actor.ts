import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { CompileBook } from '../../firewall/policy/compile-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, DetailObject, KeyedChildren, Self, GenServer } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { RaiseCompileAlertNeeds } from '../alerts/raise-alert.js';
import type { WhyNotSentNeeds } from '../last-good/why-not-sent.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { IPTABLES_PUBLISHER } from '../publishing/publisher-messages.js';
import type { Notes } from '../store/notes.js';
import { patiently, storePatiently } from '../store/store-patiently.js';
import type { RolloutCast } from '../rollouts/rollout-messages.js';
import { isOverruled } from '../../rollout/transitions.js';
import type { Turnstile } from '../turnstile.js';
import { FailureNews } from './failure-news.js';
import { FirstAfterTakeover, hasHashes, type LookAgain } from './first-after-takeover.js';
import type { GroupCast } from './group-messages.js';
import { howItShips } from './how-it-ships.js';
import { keepOutput } from './keep-output.js';
import { loadOutput } from './load-output.js';
import { noteHashes } from './note-hashes.js';
import { noteMadeFrom } from './note-made-from.js';
import { groupStatus } from './group-status.js';
import { type Made, makeTexts, unchangedTexts } from './made-texts.js';
import { insteadOf } from './instead-of.js';
import { headId, recordRevision } from './record-revision.js';
import { outputToDoc, type CompileFailure, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';

/** A failed compile is told to people (`RaiseCompileAlertNeeds`); why nothing is sent is shown (`WhyNotSentNeeds`). */
export interface GroupActorNeeds extends RaiseCompileAlertNeeds, WhyNotSentNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: RaiseCompileAlertNeeds['config'] &
    Pick<Config, 'generate_unset_tables' | 'check_v6_hashes' | 'repair' | 'takeover_wait_seconds' | 'publish_quiet_ms'>;
  readonly dialect: Dialect;
  readonly store: Pick<Store, 'get' | 'commit'>;
  readonly world: Pick<World, 'version' | 'rows' | 'hostsOf'>;
  readonly compiles: Pick<CompileBook, 'compile'>;
  readonly slices: Pick<Slices, 'run'>;
  /** How many groups read their ruleset from the store at a time. */
  readonly loads: Pick<Turnstile, 'run'>;
  readonly outputs: RulesetOutputs;
  readonly groupSets: Pick<GroupSets, 'of' | 'owes'>;
  /** Who brings its changes to its hosts in steps. */
  readonly rollers: Pick<KeyedChildren<RolloutCast>, 'send'>;
  readonly notes: Pick<Notes, 'put'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count' | 'observe'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
}

/**
 * One group: compiles its policy when something it rests on may have changed, and ends there when the bytes are the
 * same. What compiles replaces the last good ruleset and goes to the publisher; what doesn't is shown, and the last
 * good ruleset stays (docs/decisions/0002-never-publish-what-the-kernel-refuses.md).
 */
export class GroupActor implements GenServer<never, never, GroupCast, LookAgain> {
  readonly #needs: GroupActorNeeds;
  readonly #id: string;
  /** The world that the last compile saw: several messages about one change cost one compile. */
  #seen = -1;
  #name = '';
  readonly #news: FailureNews;
  readonly #first: FirstAfterTakeover;

  constructor(needs: GroupActorNeeds, id: string) {
    this.#needs = needs;
    this.#id = id;
    this.#news = new FailureNews(needs);
    this.#first = new FirstAfterTakeover(needs, id);
  }

  async init(self: Self<LookAgain>): Promise<void> {
    const { outputs, loads, store } = this.#needs;
    if (outputs.get(this.#id) !== undefined) return;
    const { output, failure, old } = await loads.run(() => loadOutput(self, this.#needs, this.#id));
    if (failure !== undefined) outputs.failures.set(this.#id, failure);
    if (output === undefined) return;
    const head = (await patiently(self, this.#needs, () => store.get('revision', headId(this.#id))))?.doc;
    if (head !== undefined)
      outputs.revisions.noteLast(this.#id, { number: Number(head['last']), texts: textOf(head['texts']) });
    outputs.set(output);
    if (old) await keepOutput(self, this.#needs, output);
    // What was published before there were revisions is the first.
    if (output.publishedAt === null) return;
    recordRevision(this.#needs, output, output.publishedAt);
    self.cast(IPTABLES_PUBLISHER, { tag: 'loaded', groupId: this.#id });
  }

  async handleCast(self: Self<LookAgain>, message: GroupCast): Promise<void> {
    switch (message.tag) {
      case 'recompile':
        if (this.#seen !== this.#needs.world.version) await this.#compile(self);
        return;
      case 'republish':
        if (this.#seen !== this.#needs.world.version) await this.#compile(self);
        if (this.#first.awaiting !== undefined) await this.#publishFirst(self, this.#first.awaiting);
        self.cast(IPTABLES_PUBLISHER, { tag: 'publish', groupId: this.#id, force: true });
        return;
      case 'check_hashes':
        return this.#checkHashes();
      case 'assigned_anew':
        return this.#compile(self);
      case 'give_all':
        return this.#giveAll(self, message);
      case 'removed':
        return this.#remove(self);
    }
  }

  /** Perhaps hosts have said by now what they run. */
  async handleInfo(self: Self<LookAgain>): Promise<void> {
    const group = this.#needs.world.rows('group').get(this.#id);
    const { awaiting } = this.#first;
    if (awaiting !== undefined && group !== undefined) await this.#takeOver(self, group, awaiting);
  }

  describe(): DetailObject {
    return groupStatus(this.#needs, this.#id, this.#name);
  }

  /** Which policy it has seen, which ruleset it holds, and for what it waits. */
  formatStatus(): DetailObject {
    const { world, outputs } = this.#needs;
    const { ruleset, dialect } = outputs.get(this.#id) ?? {};
    return {
      ...this.describe(),
      id: this.#id,
      policy_seen: this.#seen,
      policy_now: world.version,
      ruleset: ruleset?.id ?? null,
      dialect: dialect ?? null,
      sets: ruleset === undefined ? null : [...ruleset.sets],
      awaits_hosts_seconds: this.#first.waitsSeconds,
      told_failure: this.#news.told,
    };
  }

  async #compile(self: Self<LookAgain>): Promise<void> {
    const { world, outputs, clock } = this.#needs;
    const isFirst = this.#seen === -1;
    this.#seen = world.version;
    const group = world.rows('group').get(this.#id);
    if (group === undefined || typeof group.name !== 'string' || group.name === '') return;
    this.#name = group.name;
    outputs.noteChange(this.#id, clock.monotonic());
    const unchanged = isFirst ? unchangedTexts(this.#needs, this.#id) : undefined;
    if (unchanged !== undefined) return this.#made(self, group, unchanged);
    const made = await makeTexts(this.#needs, this.#id);
    if (!('error' in made)) return this.#made(self, group, made);
    await this.#fail(self, made.error);
    // What the store has of it may not have been sent before a restart.
    if (isFirst && outputs.get(this.#id)?.publishedAt === null)
      self.cast(IPTABLES_PUBLISHER, { tag: 'publish', groupId: this.#id });
    const pin = outputs.revisions.pins.get(this.#id);
    outputs.revisions.waiting.delete(this.#id);
    if (pin !== undefined) await this.#take(self, group, pin, { wasBroken: false });
  }

  /** This is what the group's policy compiles to. */
  async #made(self: Self<LookAgain>, group: Document, made: Made): Promise<void> {
    const { outputs } = this.#needs;
    const failedBefore = outputs.failures.delete(this.#id);
    if (failedBefore) this.#news.isOver({ id: this.#id, name: this.#name });
    const { pins, waiting } = outputs.revisions;
    const pin = pins.get(this.#id);
    if (pin === undefined || pin.ruleset.id === made.ruleset.id) waiting.delete(this.#id);
    else if (waiting.get(this.#id)?.ruleset.id !== made.ruleset.id) waiting.set(this.#id, made);
    if (pin !== undefined) {
      this.#endRollout('the group is held at a revision');
      return this.#take(self, group, pin, { wasBroken: failedBefore });
    }
    await this.#ship(self, group, made, { wasBroken: failedBefore });
  }

  /** To all hosts at once, or in steps, which the roller does; the group then keeps what it has. */
  async #ship(
    self: Self<LookAgain>,
    group: Document,
    made: Made,
    known: { readonly wasBroken: boolean },
  ): Promise<void> {
    const { outputs, rollers } = this.#needs;
    const last = outputs.get(this.#id);
    const rollout = outputs.rollouts.get(this.#id);
    const how = howItShips({
      made: made.ruleset.id,
      given: last?.ruleset.id,
      rollout,
      inSteps: outputs.rollouts.policyOf(this.#id) !== undefined,
    });
    if (last !== undefined && last.groupName !== this.#name) outputs.rollouts.noteFormerName(this.#id, last.groupName);
    if (rollout !== undefined && rollout.groupName !== this.#name)
      rollers.send(this.#id, { tag: 'renamed', name: this.#name });
    if (how === 'at_once' || last === undefined) {
      if (made.ruleset.id !== last?.ruleset.id) this.#endRollout('a newer change went to all hosts at once');
      return this.#take(self, group, made, known);
    }
    // Under a new name of the group its hosts are first given what they have, then the change goes on in its steps.
    await this.#take(self, group, last, known);
    if (how === 'in_steps') rollers.send(this.#id, { tag: 'candidate', ...made });
    if (how === 'withdrawn') rollers.send(this.#id, { tag: 'withdrawn' });
  }

  #endRollout(why: string): void {
    const { outputs, rollers } = this.#needs;
    const rollout = outputs.rollouts.get(this.#id);
    if (rollout !== undefined && rollout.state !== 'done' && rollout.state !== 'superseded')
      rollers.send(this.#id, { tag: 'replaced', why });
  }

  /** What the roller says that all hosts are to have now. */
  async #giveAll(self: Self<LookAgain>, given: Made): Promise<void> {
    const { world, outputs } = this.#needs;
    const group = world.rows('group').get(this.#id);
    if (group === undefined || outputs.revisions.pins.has(this.#id)) return;
    const rollout = outputs.rollouts.get(this.#id);
    // It was said before the rollout was aborted, or promoted.
    if (rollout !== undefined && isOverruled(rollout, given.ruleset.id)) return;
    this.#name = textOf(group.name);
    await this.#take(self, group, given, { wasBroken: false, isGivenByRollout: true });
  }

  /** Makes this the group's ruleset: what its policy compiles to, or the revision at which it is held. */
  async #take(
    self: Self<LookAgain>,
    group: Document,
    made: Made,
    { wasBroken, isGivenByRollout = false }: { readonly wasBroken: boolean; readonly isGivenByRollout?: boolean },
  ): Promise<void> {
    const { outputs, dialect, world } = this.#needs;
    const { ruleset, compiledAt } = made;
    const last = outputs.get(this.#id);
    if (last !== undefined && last.groupName === this.#name && last.ruleset.id === ruleset.id) {
      if (wasBroken) await keepOutput(self, this.#needs, last);
      noteMadeFrom(this.#needs, last, made);
      if (last.publishedAt === null) self.cast(IPTABLES_PUBLISHER, { tag: 'publish', groupId: this.#id });
      else {
        outputs.noteChange(this.#id, undefined);
        this.#checkHashes();
        this.#sendOwedSets(self, last);
      }
      return;
    }
    const output: RulesetOutput = {
      groupId: this.#id,
      groupName: this.#name,
      dialect,
      ruleset,
      compiledAt,
      publishedAt: null,
      ...(made.madeFrom === undefined ? {} : { madeFrom: made.madeFrom }),
    };
    const waiting = this.#first.awaiting;
    const edited = waiting !== undefined && (waiting.ruleset.id !== ruleset.id || waiting.groupName !== this.#name);
    if (last !== undefined || edited) return this.#publishFirst(self, output, isGivenByRollout);
    return this.#takeOver(self, world.rows('group').get(this.#id) ?? group, output);
  }

  /** `isGivenByRollout`: what was said of it meanwhile is heeded before anything is sent. */
  async #publishFirst(self: Self<LookAgain>, output: RulesetOutput, isGivenByRollout = false): Promise<void> {
    this.#first.end();
    await keepOutput(self, this.#needs, output);
    const instead = isGivenByRollout ? insteadOf(this.#needs.outputs, this.#id, output.ruleset.id) : undefined;
    if (instead !== undefined) return this.#publishFirst(self, { ...output, ...instead }, true);
    self.cast(IPTABLES_PUBLISHER, { tag: 'publish', groupId: this.#id });
  }

  /** The first ruleset of a group in this store, which its hosts may have already. */
  async #takeOver(self: Self<LookAgain>, group: Document, output: RulesetOutput): Promise<void> {
    const { verdict, held } = this.#first.decide(self, group, output);
    if (verdict === 'publish') return this.#publishFirst(self, output);
    if (verdict === 'wait') return;
    this.#first.end();
    const adopted = { ...output, publishedAt: nowSeconds(this.#needs.clock) };
    await keepOutput(self, this.#needs, adopted);
    recordRevision(this.#needs, adopted, adopted.publishedAt);
    this.#sendOwedSets(self, adopted);
    if (held === undefined) return;
    const known = { group: this.#name, hosts: { ...held } };
    this.#needs.log.info(known, 'taken over: hosts already hold our text, nothing is sent');
    this.#checkHashes();
  }

  /** Where sets go by group: its rules need not be sent, its sets may have to. */
  #sendOwedSets(self: Self<LookAgain>, { ruleset }: RulesetOutput): void {
    if (this.#needs.groupSets.owes(this.#id, ruleset.sets))
      self.cast(IPTABLES_PUBLISHER, { tag: 'publish', groupId: this.#id });
  }

  #checkHashes(): void {
    const group = this.#needs.world.rows('group').get(this.#id);
    const output = this.#needs.outputs.get(this.#id);
    // An unconfirmed ruleset brings its hashes with its confirm.
    if (group !== undefined && output !== undefined && output.publishedAt !== null) this.#restoreHashes(group, output);
  }

  /** A client may have written over the hashes in the row. */
  #restoreHashes(group: Document, output: RulesetOutput): void {
    if (!hasHashes(group, output)) noteHashes(this.#needs, output);
  }

  async #fail(self: Self<LookAgain>, error: JsonObject): Promise<void> {
    const { outputs, clock, world } = this.#needs;
    const before = outputs.failures.get(this.#id);
    const whom = { id: this.#id, name: this.#name, group: world.rows('group').get(this.#id) };
    if (before !== undefined && JSON.stringify(before.error) === JSON.stringify(error))
      return this.#news.isOld(whom, error);
    const failure: CompileFailure = { error, at: nowSeconds(clock) };
    outputs.failures.set(this.#id, failure);
    this.#news.isNew(whom, error);
    if (this.#isBeyondReach()) {
      const confirmed = outputs.giveUp(this.#id);
      if (confirmed?.groupName === this.#name) return keepOutput(self, this.#needs, confirmed);
      if (confirmed !== undefined)
        return this.#publishFirst(self, { ...confirmed, groupName: this.#name, publishedAt: null });
    }
    const doc = outputToDoc(this.#id, this.#name, outputs.get(this.#id), failure);
    await storePatiently(
      self,
      this.#needs,
      [{ op: 'upsert', table: 'ruleset_output', id: this.#id, edit: () => doc }],
      'system',
    );
  }

  /**
   * No host can ever have what was compiled last: a set that it names was gone before it was made. What hosts have is then
   * the last good ruleset.
   */
  #isBeyondReach(): boolean {
    const { outputs, sets } = this.#needs;
    const last = outputs.get(this.#id);
    if (last === undefined || last.publishedAt !== null || sets.published === undefined) return false;
    const { names } = sets.published;
    return last.ruleset.sets.some((name) => !names.has(name));
  }

  async #remove(self: Self<LookAgain>): Promise<void> {
    this.#first.end();
    this.#needs.outputs.delete(this.#id);
    const { rollouts } = this.#needs.outputs;
    const hasPolicy = rollouts.policies.delete(this.#id);
    if (rollouts.get(this.#id) !== undefined) this.#needs.rollers.send(this.#id, { tag: 'removed' });
    self.cast(IPTABLES_PUBLISHER, { tag: 'forget', groupId: this.#id });
    const removed: readonly Change[] = [{ op: 'remove', table: 'ruleset_output', id: this.#id }];
    await storePatiently(self, this.#needs, removed, 'system');
    const policy: readonly Change[] = [{ op: 'remove', table: 'rollout_policy', id: this.#id }];
    if (hasPolicy) await storePatiently(self, this.#needs, policy, 'system');
    self.stop('normal');
  }
}
