import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Outbox, Outcome } from '../../broker/outbox-contract.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, Self, GenServer, TimerRef } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { SetHistory } from '../../set-history/set-history.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RenderedSets, SetBook } from '../../world/set-book.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import type { ConvergenceBook } from '../hosts/convergence-book.js';
import { keepStandIns, loadKeptSets } from '../last-good/kept-sets.js';
import type { Log } from '../../log/log.js';
import type { Notes } from '../store/notes.js';
import { patiently, storePatiently } from '../store/store-patiently.js';
import type { ConfirmedSets } from './confirmed-sets.js';
import { logSetProblems } from './log-set-problems.js';
import { loadConfirmedSha, noteConfirmedSets } from './note-confirmed-sets.js';
import { pipeOutcome } from './pipe-outcome.js';
import { allSets, allSetsReady } from './publications.js';
import { IPTABLES_PUBLISHER, type IpsetCall, type IpsetCast, type IpsetReply } from './publisher-messages.js';
import type { PublishQueue, SetsHeld } from './publish-queue.js';
import type { MayPublish } from './publishing-gate.js';
import { refusedAlarm } from './refused-alarm.js';
import { refusedRetryMs, type RefusedRetryNeeds } from './refused-retry.js';
import { beginSetsByGroup, loadSetsByGroup } from './sets-by-group.js';
import { ASK_AGAIN_MS, SetTakeover } from './set-takeover.js';
import { untakenSets } from './untaken-sets.js';

export interface IpsetPublisherNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: RefusedRetryNeeds['config'] &
    Pick<
      Config,
      | 'publish_quiet_ms'
      | 'ipset_periodic_publish_interval_seconds'
      | 'ipset_hash_valid_seconds'
      | 'ipset_number_to_keep'
      | 'repair'
      | 'takeover_wait_seconds'
    >;
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly link: Pick<BrokerLink, 'subscribe'>;
  readonly world: Pick<World, 'ready' | 'rows' | 'policy'>;
  readonly sets: Pick<SetBook, 'renderInSteps' | 'remember' | 'published' | 'untaken'>;
  /** Sets are made a slice at a time: a fleet's would hold up everybody else for half a second. */
  readonly slices: Pick<Slices, 'run'>;
  readonly outputs: Pick<RulesetOutputs, 'values' | 'setLists'>;
  /** Where sets go by group, this publishes nothing itself: it says which groups' sets are others now. */
  readonly groupSets: Pick<GroupSets, 'scope' | 'era' | 'take' | 'gave'>;
  readonly confirmedSets: ConfirmedSets;
  readonly notes: Pick<Notes, 'put' | 'settled'>;
  /** What sets held in former times: hosts may have what is published from then on. */
  readonly setHistory: Pick<SetHistory, 'note' | 'settled' | 'status'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
  readonly queue: Pick<PublishQueue, 'sets'>;
  readonly alarms: Pick<AlarmBook, 'clear'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly convergence: Pick<ConvergenceBook, 'setsOut'>;
}

type IpsetInfo =
  | ConnectionInfo
  | { readonly tag: 'due' }
  /** What became of these sets in the outbox. */
  | { readonly tag: 'settled'; readonly rendered: RenderedSets; readonly outcome: Outcome }
  /** Perhaps they are taken now. */
  | { readonly tag: 'again' };

const NO_SETS: ReadonlySet<string> = new Set();

/**
 * Publishes all sets to all agents; or, where each group gets its own (`ipset_scope: group`), says which of them are others
 * now.  What dirties them gathers in the mailbox: after a quiet time one text goes out, and
 * under a burst at most one per interval (docs/host-lifecycle.md#publishing). The text is compared, not the hash: an
 * empty new set changes no hash, but a rule may name it. The hash is recorded when the broker has confirmed.
 */
export class IpsetPublisher implements GenServer<IpsetCall, IpsetReply, IpsetCast, IpsetInfo> {
  readonly #needs: IpsetPublisherNeeds;
  /** Monotonic milliseconds; undefined: nothing is to be published. */
  #dirtySince: number | undefined = undefined;
  #held: SetsHeld | undefined = undefined;
  /** Of the text that all agents have; `undefined` before this server has published any. */
  #confirmedSha: string | undefined = undefined;
  /** The sets as agents have them, by name; `undefined` until that is known. */
  #taken: RenderedSets['parts'] | undefined = undefined;
  #sentAt = -Infinity;
  /** When what the broker found too large is tried again. */
  #retry: TimerRef | undefined = undefined;
  /** The text is sent although it is the one that was sent last. */
  #again = false;
  /** Some set is published with its last good content, as far as the store knows. */
  #standingIn = false;
  #timer: TimerRef | undefined = undefined;
  /** Waits for hosts of another server to say which sets they have. */
  readonly #takeover: SetTakeover;

  constructor(needs: IpsetPublisherNeeds) {
    this.#needs = needs;
    this.#takeover = new SetTakeover(needs);
    // Whatever is dirty by now was never counted.
    this.#dirty = true;
    needs.queue.sets = () => ({ since: this.#dirtySince, held: this.#held });
  }

  get #dirty(): boolean {
    return this.#dirtySince !== undefined;
  }

  set #dirty(is: boolean) {
    this.#dirtySince = is ? (this.#dirtySince ?? this.#needs.clock.monotonic()) : undefined;
  }

  async init(self: Self<IpsetInfo>): Promise<void> {
    const { store, sets, confirmedSets } = this.#needs;
    // A predecessor may have died before it was told of a confirm: what it sent counts as unsent.
    sets.published = undefined;
    const stored = await patiently(self, this.#needs, () => loadConfirmedSha(store));
    // The store may not have taken the note of the newest.
    this.#confirmedSha = confirmedSets.sha ?? stored;
    if (this.#needs.groupSets.scope === 'group')
      await patiently(self, this.#needs, () => loadSetsByGroup(store, this.#needs.groupSets));
    const kept = await patiently(self, this.#needs, () => loadKeptSets(store));
    // What stands in comes first: of a set that both know, it is the newer.
    sets.remember(kept.standIns);
    sets.remember(kept.inUse);
    this.#standingIn = kept.standIns.size > 0;
    this.#needs.link.subscribe(self);
    this.#schedule(self);
  }

  handleCast(self: Self<IpsetInfo>, message: IpsetCast): void {
    if (message.tag === 'dirty') {
      for (const source of message.sources) this.#needs.metrics.count('ipset_queue_add', source);
      this.#dirty = true;
    }
    this.#schedule(self);
  }

  async handleCall(self: Self<IpsetInfo>, _request: IpsetCall): Promise<IpsetReply> {
    if (this.#dirty && this.#waitMs() <= this.#needs.config.publish_quiet_ms) await this.#publish(self, true);
    const { published, untaken } = this.#needs.sets;
    const unusable = published?.unusable ?? new Set();
    return {
      published: published?.names ?? new Set(),
      unusable: untaken.size === 0 ? unusable : new Set([...unusable, ...untaken]),
    };
  }

  /** What was confirmed should not have to be sent again. */
  async terminate(): Promise<void> {
    await this.#needs.notes.settled();
    await this.#needs.setHistory.settled();
  }

  async handleInfo(self: Self<IpsetInfo>, message: IpsetInfo): Promise<void> {
    switch (message.tag) {
      case 'due':
        this.#timer = undefined;
        if (this.#dirty) await this.#publish(self);
        return;
      case 'broker_down':
        return;
      case 'broker_up':
        // It may be another broker now, or have another limit.
        if (!this.#endRetry(self)) return;
        this.#again = true;
        this.#dirty = true;
        return this.#schedule(self);
      case 'again':
        this.#retry = undefined;
        this.#again = true;
        this.#dirty = true;
        return this.#schedule(self);
      case 'settled':
        return this.#settled(self, message);
    }
  }

  describe(): DetailObject {
    const { published } = this.#needs.sets;
    return {
      dirty: this.#dirty,
      held: this.#held ?? null,
      sets: published?.names.size ?? 0,
      hash: published?.hash ?? null,
      problems: published?.problems.map(({ set, reason }) => ({ set, reason })) ?? [],
    };
  }

  /** What agents are known to have, and for what it waits. */
  formatStatus(): DetailObject {
    return {
      ...this.describe(),
      confirmed_sha256: this.#confirmedSha ?? null,
      sets_taken: this.#taken?.size ?? null,
      may_send_in_ms: Math.max(0, Math.round(this.#waitMs())),
      look_is_due: this.#timer !== undefined,
      sends_again: this.#again,
      too_large_is_tried_again: this.#retry !== undefined,
      last_good_stand_in: this.#standingIn,
      set_history: { ...this.#needs.setHistory.status() },
    };
  }

  /** Milliseconds until the next text may go out. */
  #waitMs(): number {
    const { config, clock } = this.#needs;
    const interval = config.ipset_periodic_publish_interval_seconds * 1000;
    return Math.max(config.publish_quiet_ms, this.#sentAt + interval - clock.monotonic());
  }

  /** Whether there was one. */
  #endRetry(self: Self<IpsetInfo>): boolean {
    const retry = this.#retry;
    this.#retry = undefined;
    if (retry !== undefined) self.cancel(retry);
    return retry !== undefined;
  }

  #schedule(self: Self<IpsetInfo>): void {
    if (!this.#dirty || this.#timer !== undefined) return;
    this.#timer = self.sendAfter(this.#waitMs(), { tag: 'due' });
  }

  /** `asked`: rules wait for the sets. */
  async #publish(self: Self<IpsetInfo>, asked = false): Promise<void> {
    const { sets, clock, outbox, slices } = this.#needs;
    const waited = this.#held === 'links';
    if (this.#isHeld(self)) return;
    if (waited) self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
    // Of the policy as it is now: what changes meanwhile waits in the mailbox, and dirties them again.
    const rendered = await slices.run(this.#made());
    const { sha } = rendered;
    // Publishing may have been paused meanwhile.
    if (this.#isHeld(self)) return;
    const byGroup = this.#needs.groupSets.scope === 'group';
    const takeover = this.#confirmedSha === undefined && !byGroup ? this.#takeover.decide(rendered, asked) : 'publish';
    if (takeover === 'wait') {
      this.#held = 'takeover';
      this.#timer ??= self.sendAfter(ASK_AGAIN_MS, { tag: 'due' });
      return;
    }
    this.#dirty = false;
    const before = sets.published;
    sets.published = rendered;
    logSetProblems(this.#needs, rendered, before);
    // Before anything is sent: a crash must not find the only good content gone.
    await this.#keepStandIns(self, rendered);
    // A set that grew too large does not change the text: its last good content stands in.
    if (sha === before?.sha && !this.#again) return;
    this.#again = false;
    this.#needs.setHistory.note({ contents: rendered.contents, hash: rendered.hash, sha });
    if (byGroup) return this.#handOver(self, rendered);
    if (sha === this.#confirmedSha || takeover === 'adopt') {
      // All agents have it, from before a restart, or from the server that this one took over from, or an edit was undone.
      if (this.#endRetry(self)) this.#needs.alarms.clear(refusedAlarm('sets'));
      return this.#agentsHave(self, rendered);
    }
    this.#needs.confirmedSets.takeover = 'over';
    this.#sentAt = clock.monotonic();
    const put = { target: 'sets', class: 'sets', publication: allSets(rendered, clock.now()) } as const;
    pipeOutcome<IpsetInfo>(self, outbox.put(put), (outcome) => ({ tag: 'settled', rendered, outcome }));
  }

  /** The sets of the policy as it is now; ready to be sent, unless agents have them. */
  *#made(): Generator<void, RenderedSets> {
    const rendered = yield* this.#needs.sets.renderInSteps();
    const isSent = this.#needs.groupSets.scope !== 'group' && rendered.sha !== this.#confirmedSha;
    if (isSent) yield* allSetsReady(rendered);
    return rendered;
  }

  /** Each group gets those that its rules name, with its rules. */
  async #handOver(self: Self<IpsetInfo>, rendered: RenderedSets): Promise<void> {
    const { groupSets, outputs, slices, clock, events } = this.#needs;
    if (groupSets.era === undefined) {
      const { changes, stored } = beginSetsByGroup(this.#needs);
      await storePatiently(self, this.#needs, changes, 'system');
      stored();
    }
    const changed = await slices.run(groupSets.take(rendered, outputs.setLists()));
    this.#sentAt = clock.monotonic();
    this.#taken = rendered.parts;
    events.put({ kind: 'sets_published', hash: rendered.hash });
    self.cast(IPTABLES_PUBLISHER, { tag: 'sets', changed });
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
  }

  #isHeld(self: Self<IpsetInfo>): boolean {
    this.#held = this.#whyHeld();
    if (this.#held === 'links') this.#timer ??= self.sendAfter(ASK_AGAIN_MS, { tag: 'due' });
    return this.#held !== undefined;
  }

  #whyHeld(): SetsHeld | undefined {
    const { world, guard, gate } = this.#needs;
    if (!world.ready) return 'loading';
    if (!guard.open) return 'guard';
    return gate.paused ? 'paused' : gate.unheard !== undefined ? 'links' : undefined;
  }

  #settled(self: Self<IpsetInfo>, { rendered, outcome }: IpsetInfo & { readonly tag: 'settled' }): void {
    switch (outcome.kind) {
      case 'superseded':
        return;
      case 'refused':
        return outcome.taken === 'some' ? this.#confirmed(self, rendered) : this.#refused(self, rendered);
      case 'confirmed':
        return this.#confirmed(self, rendered);
      case 'dropped':
        // The outbox had no room for it: try again, with whatever is current then.
        this.#needs.log.error({ reason: outcome.reason }, 'the sets were not sent');
        this.#needs.sets.published = undefined;
        this.#dirty = true;
        this.#schedule(self);
    }
  }

  #confirmed(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#endRetry(self);
    this.#needs.metrics.count('ipset_publish');
    this.#agentsHave(self, rendered);
  }

  /** No queue took them: the broker found them too large. */
  #refused(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#needs.sets.untaken = untakenSets(rendered, this.#taken, this.#needs.outputs);
    // Rulesets that name none of these go out.
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
    this.#endRetry(self);
    this.#retry = self.sendAfter(refusedRetryMs(this.#needs), { tag: 'again' });
  }

  #agentsHave(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#taken = rendered.parts;
    this.#needs.sets.untaken = NO_SETS;
    this.#confirmedSha = rendered.sha;
    noteConfirmedSets(this.#needs, rendered);
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
  }

  async #keepStandIns(self: Self<IpsetInfo>, { standIns }: RenderedSets): Promise<void> {
    if (standIns.size === 0 && !this.#standingIn) return;
    await storePatiently(self, this.#needs, [keepStandIns(standIns)], 'system');
    this.#standingIn = standIns.size > 0;
  }
}
