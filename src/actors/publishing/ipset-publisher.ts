import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Outbox, Outcome } from '../../broker/outbox-contract.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, Self, GenServer } from '../../otp/index.js';
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
import type { Log } from '../../log/log.js';
import type { Notes } from '../store/notes.js';
import { patiently } from '../store/store-patiently.js';
import type { DueInfo } from './due-timer.js';
import { logSetProblems } from './log-set-problems.js';
import { pipeOutcome } from './pipe-outcome.js';
import { allSets, allSetsReady } from './publications.js';
import { IPTABLES_PUBLISHER, type IpsetCall, type IpsetCast, type IpsetReply } from './publisher-messages.js';
import type { PublishQueue, SetsHeld } from './publish-queue.js';
import type { MayPublish } from './publishing-gate.js';
import { refusedAlarm } from './refused-alarm.js';
import type { RefusedRetryNeeds } from './refused-retry.js';
import { loadSetsByGroup } from './sets-by-group.js';
import { SetsDue, type SetsDueNeeds } from './sets-due.js';
import { SetsTaken, type SetsTakenNeeds } from './sets-taken.js';
import { type SetsAgainInfo, SetsTriedAgain } from './sets-tried-again.js';
import { ASK_AGAIN_MS, SetTakeover, type SetTakeoverNeeds } from './set-takeover.js';
import { StandIns, type StandInsNeeds } from './stand-ins.js';
import { takeByGroup, type TakeByGroupNeeds } from './take-by-group.js';

export interface IpsetPublisherNeeds extends SetsTakenNeeds, StandInsNeeds, TakeByGroupNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: RefusedRetryNeeds['config'] &
    SetsDueNeeds['config'] &
    SetTakeoverNeeds['config'] &
    SetsTakenNeeds['config'];
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly link: Pick<BrokerLink, 'subscribe'>;
  readonly world: Pick<World, 'ready' | 'rows' | 'policy'>;
  readonly sets: Pick<SetBook, 'renderInSteps' | 'remember' | 'published' | 'untaken'>;
  /** Sets are made a slice at a time: a fleet's would hold up everybody else for half a second. */
  readonly slices: Pick<Slices, 'run'>;
  readonly outputs: Pick<RulesetOutputs, 'values' | 'setLists'>;
  /** Where sets go by group, this publishes nothing itself: it says which groups' sets are others now. */
  readonly groupSets: Pick<GroupSets, 'scope' | 'era' | 'take' | 'gave'>;
  readonly notes: Pick<Notes, 'put' | 'settled'>;
  /** What sets held in former times: hosts may have what is published from then on. */
  readonly setHistory: Pick<SetHistory, 'note' | 'settled' | 'status'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
  readonly queue: Pick<PublishQueue, 'sets'>;
  readonly alarms: Pick<AlarmBook, 'clear'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

type IpsetInfo = ConnectionInfo | DueInfo | SettledInfo | SetsAgainInfo;

/** What became of these sets in the outbox. */
interface SettledInfo {
  readonly tag: 'settled';
  readonly rendered: RenderedSets;
  readonly outcome: Outcome;
}

/**
 * Publishes all sets to all agents; or, where each group gets its own (`ipset_scope: group`), says which of them are others
 * now.  What dirties them gathers in the mailbox: after a quiet time one text goes out, and
 * under a burst at most one per interval (docs/host-lifecycle.md#publishing). The text is compared, not the hash: an
 * empty new set changes no hash, but a rule may name it. The hash is recorded when the broker has confirmed.
 */
export class IpsetPublisher implements GenServer<IpsetCall, IpsetReply, IpsetCast, IpsetInfo> {
  readonly #needs: IpsetPublisherNeeds;
  readonly #due: SetsDue;
  readonly #taken: SetsTaken;
  readonly #triedAgain: SetsTriedAgain;
  readonly #standIns: StandIns;
  /** Waits for hosts of another server to say which sets they have. */
  readonly #takeover: SetTakeover;
  #held: SetsHeld | undefined = undefined;
  /** The text is sent although it is the one that was sent last. */
  #again = false;

  constructor(needs: IpsetPublisherNeeds) {
    this.#needs = needs;
    this.#due = new SetsDue(needs);
    this.#taken = new SetsTaken(needs);
    this.#triedAgain = new SetsTriedAgain(needs);
    this.#standIns = new StandIns(needs);
    this.#takeover = new SetTakeover(needs);
    // Whatever is dirty by now was never counted.
    this.#due.dirty();
    needs.queue.sets = () => ({ since: this.#due.since, held: this.#held });
  }

  async init(self: Self<IpsetInfo>): Promise<void> {
    const { store, sets, groupSets, link } = this.#needs;
    // A predecessor may have died before it was told of a confirm: what it sent counts as unsent.
    sets.published = undefined;
    await patiently(self, this.#needs, () => this.#taken.load());
    if (groupSets.scope === 'group') await patiently(self, this.#needs, () => loadSetsByGroup(store, groupSets));
    await patiently(self, this.#needs, () => this.#standIns.load());
    link.subscribe(self);
    this.#due.schedule(self);
  }

  handleCast(self: Self<IpsetInfo>, message: IpsetCast): void {
    if (message.tag === 'dirty') {
      for (const source of message.sources) this.#needs.metrics.count('ipset_queue_add', source);
      this.#due.dirty();
    }
    this.#due.schedule(self);
  }

  async handleCall(self: Self<IpsetInfo>, _request: IpsetCall): Promise<IpsetReply> {
    if (this.#due.isDirty && this.#due.waitMs <= this.#needs.config.publish_quiet_ms) await this.#publish(self, true);
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
        this.#due.wentOff();
        if (this.#due.isDirty) await this.#publish(self);
        return;
      case 'broker_down':
        return;
      case 'broker_up':
        // It may be another broker now, or have another limit.
        if (this.#triedAgain.end(self)) this.#sendAgain(self);
        return;
      case 'again':
        this.#triedAgain.begun();
        return this.#sendAgain(self);
      case 'settled':
        return this.#settled(self, message);
    }
  }

  describe(): DetailObject {
    const { published } = this.#needs.sets;
    return {
      dirty: this.#due.isDirty,
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
      confirmed_sha256: this.#taken.sha ?? null,
      sets_taken: this.#taken.size ?? null,
      may_send_in_ms: Math.max(0, Math.round(this.#due.waitMs)),
      look_is_due: this.#due.lookIsDue,
      sends_again: this.#again,
      too_large_is_tried_again: this.#triedAgain.isDue,
      last_good_stand_in: this.#standIns.areStored,
      set_history: { ...this.#needs.setHistory.status() },
    };
  }

  #sendAgain(self: Self<IpsetInfo>): void {
    this.#again = true;
    this.#due.dirty();
    this.#due.schedule(self);
  }

  /** `asked`: rules wait for the sets. */
  async #publish(self: Self<IpsetInfo>, asked = false): Promise<void> {
    const { sets, slices, groupSets, setHistory } = this.#needs;
    const waited = this.#held === 'links';
    if (this.#isHeld(self)) return;
    if (waited) self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
    // Of the policy as it is now: what changes meanwhile waits in the mailbox, and dirties them again.
    const rendered = await slices.run(this.#made());
    const { sha } = rendered;
    // Publishing may have been paused meanwhile.
    if (this.#isHeld(self)) return;
    const byGroup = groupSets.scope === 'group';
    const takeover = this.#taken.sha === undefined && !byGroup ? this.#takeover.decide(rendered, asked) : 'publish';
    if (takeover === 'wait') {
      this.#held = 'takeover';
      return this.#due.lookIn(self, ASK_AGAIN_MS);
    }
    this.#due.clean();
    const before = sets.published;
    sets.published = rendered;
    logSetProblems(this.#needs, rendered, before);
    // Before anything is sent.
    await this.#standIns.keep(self, rendered);
    // A set that grew too large does not change the text: its last good content stands in.
    if (sha === before?.sha && !this.#again) return;
    this.#again = false;
    setHistory.note({ contents: rendered.contents, hash: rendered.hash, sha });
    if (byGroup) return this.#handOver(self, rendered);
    if (sha === this.#taken.sha || takeover === 'adopt') {
      // All agents have it, from before a restart, or from the server that this one took over from, or an edit was undone.
      if (this.#triedAgain.end(self)) this.#needs.alarms.clear(refusedAlarm('sets'));
      return this.#agentsHave(self, rendered);
    }
    this.#put(self, rendered);
  }

  #put(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    const { confirmedSets, clock, outbox } = this.#needs;
    confirmedSets.takeover = 'over';
    this.#due.sent();
    const put = { target: 'sets', class: 'sets', publication: allSets(rendered, clock.now()) } as const;
    pipeOutcome<IpsetInfo>(self, outbox.put(put), (outcome) => ({ tag: 'settled', rendered, outcome }));
  }

  /** The sets of the policy as it is now; ready to be sent, unless agents have them. */
  *#made(): Generator<void, RenderedSets> {
    const rendered = yield* this.#needs.sets.renderInSteps();
    const isSent = this.#needs.groupSets.scope !== 'group' && rendered.sha !== this.#taken.sha;
    if (isSent) yield* allSetsReady(rendered);
    return rendered;
  }

  async #handOver(self: Self<IpsetInfo>, rendered: RenderedSets): Promise<void> {
    const changed = await takeByGroup(self, this.#needs, rendered);
    this.#due.sent();
    this.#taken.byGroups(rendered);
    this.#needs.events.put({ kind: 'sets_published', hash: rendered.hash });
    self.cast(IPTABLES_PUBLISHER, { tag: 'sets', changed });
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
  }

  #isHeld(self: Self<IpsetInfo>): boolean {
    this.#held = this.#whyHeld();
    if (this.#held === 'links') this.#due.lookIn(self, ASK_AGAIN_MS);
    return this.#held !== undefined;
  }

  #whyHeld(): SetsHeld | undefined {
    const { world, guard, gate } = this.#needs;
    if (!world.ready) return 'loading';
    if (!guard.open) return 'guard';
    return gate.paused ? 'paused' : gate.unheard !== undefined ? 'links' : undefined;
  }

  #settled(self: Self<IpsetInfo>, { rendered, outcome }: SettledInfo): void {
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
        this.#due.dirty();
        this.#due.schedule(self);
    }
  }

  #confirmed(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#triedAgain.end(self);
    this.#needs.metrics.count('ipset_publish');
    this.#agentsHave(self, rendered);
  }

  /** No queue took them: the broker found them too large. */
  #refused(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#taken.byNobody(rendered);
    // Rulesets that name none of these go out.
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
    this.#triedAgain.later(self);
  }

  #agentsHave(self: Self<IpsetInfo>, rendered: RenderedSets): void {
    this.#taken.byAll(rendered);
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
  }
}
