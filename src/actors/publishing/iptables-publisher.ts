import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Config } from '../../config/schema.js';
import type { Clock, DetailObject, Self, GenServer } from '../../otp/index.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { Slices } from '../../world/slices.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { RulesetOutput, RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Notes } from '../store/notes.js';
import { CurrentSets } from './current-sets.js';
import { type DueInfo, DueTimer } from './due-timer.js';
import { GatheredGroups } from './gathered-groups.js';
import { GroupSender, type GroupSenderNeeds, type SettledInfo } from './group-sender.js';
import { noteGiven, type NoteGivenNeeds } from './note-given.js';
import { OnceMore, type OnceMoreInfo } from './once-more.js';
import { type GroupMessage, OwedToGroups } from './owed-to-groups.js';
import type { IptablesCast } from './publisher-messages.js';
import type { PublishQueue } from './publish-queue.js';
import { type MayPublish, whyHeld } from './publishing-gate.js';
import { clearGroupAlarm } from './refused-alarm.js';
import type { RefusedRetryNeeds } from './refused-retry.js';
import { type AgainInfo, RulesetsTriedAgain } from './rulesets-tried-again.js';
import { sendSetsAhead } from './send-to-astray.js';
import { forgetGivenSets } from './sets-by-group.js';

export interface IptablesPublisherNeeds extends GroupSenderNeeds, NoteGivenNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: RefusedRetryNeeds['config'] &
    Pick<Config, 'publish_quiet_ms' | 'profile_periodic_publish_interval_seconds' | 'hashcheck_alert_seconds'>;
  readonly link: Pick<BrokerLink, 'subscribe'>;
  readonly outputs: RulesetOutputs;
  /** Messages are made a slice at a time: a large set that many groups name is written out for each of them. */
  readonly slices: Pick<Slices, 'run'>;
  readonly groupSets: Pick<GroupSets, 'scope' | 'era' | 'of' | 'given' | 'gave' | 'forget'>;
  readonly notes: Pick<Notes, 'put' | 'settled'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
  readonly queue: Pick<PublishQueue, 'rules'>;
  readonly alarms: Pick<AlarmBook, 'clear'>;
  readonly metrics: Pick<Metrics, 'count' | 'gauge' | 'observe'>;
}

type IptablesInfo = ConnectionInfo | DueInfo | SettledInfo | OnceMoreInfo | AgainInfo;

/** Groups that are shown to operators, of each kind. */
const SHOWN = 50;

/** How soon to look again when the ipset publisher is being restarted. */
const RETRY_MS = 200;

/**
 * Publishes rulesets, each to all agents of its group, with the sets that it names where sets go by group
 * (docs/sets-by-need.md). What is to be sent gathers in the mailbox by group: after a
 * quiet time it goes out, under a burst at most once per interval (docs/host-lifecycle.md#publishing), always after the
 * sets that it names (docs/decisions/0015-sets-before-rules.md). A group whose sets can't be published waits; it holds
 * up no other.
 */
export class IptablesPublisher implements GenServer<never, never, IptablesCast, IptablesInfo> {
  readonly #needs: IptablesPublisherNeeds;
  readonly #gathered: GatheredGroups;
  readonly #owed: OwedToGroups;
  readonly #sender: GroupSender;
  readonly #triedAgain: RulesetsTriedAgain;
  readonly #onceMore: OnceMore;
  readonly #currentSets: CurrentSets;
  readonly #timer: DueTimer;
  /** Nothing is tried before, in monotonic milliseconds: the ipset publisher did not answer. */
  #notBefore = -Infinity;

  constructor(needs: IptablesPublisherNeeds) {
    this.#needs = needs;
    this.#gathered = new GatheredGroups(needs);
    this.#owed = new OwedToGroups(needs);
    this.#sender = new GroupSender(needs, this.#gathered, this.#owed);
    this.#triedAgain = new RulesetsTriedAgain(needs);
    this.#onceMore = new OnceMore(needs);
    this.#currentSets = new CurrentSets(needs.log);
    this.#timer = new DueTimer(needs.clock);
    const { waiting, held } = this.#gathered;
    needs.queue.rules = { waiting, held, room: this.#sender.room };
  }

  init(self: Self<IptablesInfo>): void {
    this.#needs.link.subscribe(self);
    // What a predecessor had gathered is known from the rulesets themselves: unconfirmed ones are to be sent.
    for (const output of this.#needs.outputs.values()) {
      if (output.publishedAt === null) this.#gathered.add(output.groupId, false);
      else this.#onceMore.resume(self, output);
    }
    this.#lookAtSets();
    this.#schedule(self);
  }

  handleCast(self: Self<IptablesInfo>, message: IptablesCast): void {
    switch (message.tag) {
      case 'publish':
        return this.#gather(self, message.groupId, message.force === true);
      case 'loaded': {
        const output = this.#needs.outputs.get(message.groupId);
        if (output !== undefined) this.#onceMore.resume(self, output);
        return;
      }
      case 'forget':
        this.#forget(self, message.groupId);
        break;
      case 'sets':
        this.#lookAtSets();
        sendSetsAhead(this.#needs, message.changed);
        break;
      case 'resume':
        this.#gathered.held.clear();
    }
    this.#schedule(self);
  }

  async handleInfo(self: Self<IptablesInfo>, message: IptablesInfo): Promise<void> {
    switch (message.tag) {
      case 'due':
        this.#timer.wentOff();
        await this.#publishDue(self);
        return this.#schedule(self);
      case 'settled':
        return this.#settled(self, message);
      case 'broker_down':
        return;
      case 'once_more':
        this.#onceMore.end(self, message.groupId);
        this.#owed.sendAgain(message.groupId);
        return this.#gather(self, message.groupId, false);
      case 'broker_up':
        return this.#triedAgain.now(self);
      case 'again':
        return this.#again(self, message.output);
    }
  }

  /** What was gathered need not wait for its time any more. */
  async terminate(self: Self<IptablesInfo>): Promise<void> {
    const { guard, gate, notes } = this.#needs;
    await notes.settled();
    if (this.#gathered.waiting.size === 0 || !guard.open || whyHeld(gate) !== undefined) return;
    const sets = await this.#currentSets.ask(self);
    if (sets === undefined) return;
    // What there is no room for is known from the store at the next start.
    await this.#needs.slices.run(this.#sender.send(self, [...this.#gathered.waiting], sets));
  }

  describe(): DetailObject {
    return {
      waiting: this.#gathered.waiting.size,
      under_way: this.#sender.room.messages,
      held: Object.fromEntries([...this.#gathered.held].slice(0, SHOWN)),
    };
  }

  /** Which groups wait, how long, and what is tried again. */
  formatStatus(): DetailObject {
    const now = this.#needs.clock.monotonic();
    const waiting = [...this.#gathered.waiting].slice(0, SHOWN);
    return {
      ...this.describe(),
      groups: waiting.map(([group, { since, force }]) => ({ group, force, waits_ms: Math.round(now - since) })),
      too_large: this.#triedAgain.groups.slice(0, SHOWN),
      sets_once_more: this.#onceMore.waiting.slice(0, SHOWN),
      looks_in_ms: this.#timer.at === Infinity ? null : Math.round(this.#timer.at - now),
      ipset_publisher: this.#currentSets.unanswered ? 'does not answer' : 'answers',
    };
  }

  #gather(self: Self<IptablesInfo>, groupId: string, force: boolean): void {
    this.#gathered.add(groupId, force);
    this.#schedule(self, [groupId]);
  }

  /** Sees to it that the timer goes off for the first of `groups` that may go out; others have been seen to. */
  #schedule(self: Self<IptablesInfo>, groups: Iterable<string> = this.#gathered.waiting.keys()): void {
    this.#needs.metrics.gauge('publish_queue_length', this.#gathered.waiting.size);
    let at = Infinity;
    for (const groupId of groups) {
      if (this.#sender.room.has(groupId)) at = Math.min(at, this.#gathered.dueAt(groupId));
    }
    this.#timer.atLatest(self, Math.max(at, this.#notBefore));
  }

  async #publishDue(self: Self<IptablesInfo>): Promise<void> {
    const { guard, gate, clock } = this.#needs;
    const { waiting, held } = this.#gathered;
    const now = clock.monotonic();
    const due = [...waiting].filter(([id]) => this.#sender.room.has(id) && this.#gathered.dueAt(id) <= now);
    if (due.length === 0) return;
    const closed = guard.open ? whyHeld(gate) : 'no agent is heard';
    if (closed !== undefined) {
      for (const [id] of due) held.set(id, closed);
      return;
    }
    const sets = await this.#currentSets.ask(self);
    if (sets === undefined) {
      this.#notBefore = clock.monotonic() + RETRY_MS;
      return;
    }
    await this.#needs.slices.run(this.#sender.send(self, due, sets));
  }

  #settled(self: Self<IptablesInfo>, settled: SettledInfo): void {
    const { output, message, outcome, seconds } = settled;
    if (this.#sender.settled(settled)) this.#schedule(self);
    switch (outcome.kind) {
      case 'superseded':
        return;
      case 'refused':
        // No host is compared with a ruleset that no queue took; hosts whose queues refused it are repaired by their hashes.
        if (outcome.taken === 'some') this.#confirmed(self, output, message);
        else this.#triedAgain.later(self, output);
        return;
      case 'confirmed':
        this.#needs.metrics.observe('dog_trainer_confirm_seconds', seconds);
        return this.#confirmed(self, output, message);
      case 'dropped':
        this.#needs.log.error({ group: output.groupName, reason: outcome.reason }, 'a ruleset was not sent');
        this.#gathered.add(output.groupId, false);
        this.#schedule(self);
    }
  }

  #confirmed(self: Self<IptablesInfo>, output: RulesetOutput, message: GroupMessage): void {
    if (noteGiven(this.#needs, output, message)) this.#onceMore.begin(self, output.groupId);
  }

  /** What the broker found too large goes out once more, if it is still what the group is owed. */
  #again(self: Self<IptablesInfo>, { groupId, ruleset }: RulesetOutput): void {
    this.#triedAgain.begun(groupId);
    const current = this.#needs.outputs.get(groupId);
    if (current === undefined) return;
    const isOwed = current.publishedAt === null && current.ruleset.id === ruleset.id;
    if (isOwed || this.#owed.owesSets(current)) this.#gather(self, groupId, false);
  }

  #lookAtSets(): void {
    for (const output of this.#needs.outputs.values())
      if (this.#owed.owesSets(output)) this.#gathered.add(output.groupId, false);
  }

  #forget(self: Self<IptablesInfo>, groupId: string): void {
    this.#gathered.forget(groupId);
    clearGroupAlarm(this.#needs.alarms, groupId);
    this.#owed.forget(groupId);
    this.#onceMore.end(self, groupId);
    forgetGivenSets(this.#needs, groupId);
  }
}
