import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Outbox, Outcome } from '../../broker/outbox-contract.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, Self, GenServer, TimerRef } from '../../otp/index.js';
import { type GivenSets, type GroupSets, listKey, type NamedSets } from '../../world/group-sets.js';
import type { SetBook } from '../../world/set-book.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { RulesetOutput, RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import type { ConvergenceBook } from '../hosts/convergence-book.js';
import type { Log } from '../../log/log.js';
import type { Notes } from '../store/notes.js';
import { nowSeconds } from '../now-seconds.js';
import { CurrentSets } from './current-sets.js';
import { GatheredGroups } from './gathered-groups.js';
import { noteConfirmed } from './note-confirmed.js';
import { OnceMore, type OnceMoreInfo } from './once-more.js';
import { pipeOutcome } from './pipe-outcome.js';
import { groupRuleset, groupSetsAlone } from './publications.js';
import type { IpsetReply, IptablesCast } from './publisher-messages.js';
import type { PublishQueue, WaitingGroup } from './publish-queue.js';
import { type MayPublish, whyHeld } from './publishing-gate.js';
import { clearGroupAlarm } from './refused-alarm.js';
import type { RefusedRetryNeeds } from './refused-retry.js';
import { RoomInOutbox } from './room-in-outbox.js';
import { type AgainInfo, RulesetsTriedAgain } from './rulesets-tried-again.js';
import { sendSetsAhead, sendToAstray } from './send-to-astray.js';
import { forgetGivenSets, noteGivenSets } from './sets-by-group.js';

export interface IptablesPublisherNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: RefusedRetryNeeds['config'] &
    Pick<Config, 'publish_quiet_ms' | 'profile_periodic_publish_interval_seconds' | 'hashcheck_alert_seconds'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly link: Pick<BrokerLink, 'subscribe'>;
  readonly world: Pick<World, 'deafMembers' | 'strayListeners' | 'groupByName' | 'hostByKey'>;
  readonly outputs: RulesetOutputs;
  /** Messages are made a slice at a time: a large set that many groups name is written out for each of them. */
  readonly slices: Pick<Slices, 'run'>;
  readonly sets: Pick<SetBook, 'published'>;
  readonly groupSets: Pick<GroupSets, 'scope' | 'era' | 'of' | 'given' | 'gave' | 'forget'>;
  readonly notes: Pick<Notes, 'put' | 'settled'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
  readonly queue: Pick<PublishQueue, 'rules'>;
  readonly alarms: Pick<AlarmBook, 'clear'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count' | 'gauge' | 'observe'>;
  readonly convergence: Pick<ConvergenceBook, 'rulesOut' | 'setsOut'>;
}

type IptablesInfo =
  | ConnectionInfo
  | { readonly tag: 'due' }
  /** What became of this ruleset in the outbox, and how many seconds after it was put; `bytes`: its message's size. */
  | {
      readonly tag: 'settled';
      readonly output: RulesetOutput;
      readonly message: Message;
      readonly bytes: number;
      readonly outcome: Outcome;
      readonly seconds: number;
    }
  | OnceMoreInfo
  | AgainInfo;

/** What a group's message holds. */
interface Message {
  /** Its rules, and not its sets alone. */
  readonly rules: boolean;
  /** Undefined: they go to all by themselves. */
  readonly sets: NamedSets | undefined;
}

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
  /** What there is no room for waits here, as names of groups. */
  readonly #room = new RoomInOutbox();
  readonly #triedAgain: RulesetsTriedAgain;
  /** Messages in the outbox, the newest of each group. */
  readonly #underWay = new Map<string, Message>();
  readonly #onceMore: OnceMore;
  readonly #currentSets: CurrentSets;
  /** Groups whose sets go out though hosts were given them. */
  readonly #again = new Set<string>();
  #timer: TimerRef | undefined = undefined;
  #timerAt = Infinity;
  /** Nothing is tried before, in monotonic milliseconds: the ipset publisher did not answer. */
  #notBefore = -Infinity;
  constructor(needs: IptablesPublisherNeeds) {
    this.#needs = needs;
    this.#gathered = new GatheredGroups(needs);
    this.#triedAgain = new RulesetsTriedAgain(needs);
    this.#onceMore = new OnceMore(needs.config);
    this.#currentSets = new CurrentSets(needs.log);
    const { waiting, held } = this.#gathered;
    needs.queue.rules = { waiting, held, room: this.#room };
  }

  init(self: Self<IptablesInfo>): void {
    this.#needs.link.subscribe(self);
    // What a predecessor had gathered is known from the rulesets themselves: unconfirmed ones are to be sent.
    for (const output of this.#needs.outputs.values()) {
      if (output.publishedAt === null) this.#gathered.add(output.groupId, false);
      else this.#resumeOnceMore(self, output.groupId);
    }
    this.#lookAtSets();
    this.#schedule(self);
  }

  handleCast(self: Self<IptablesInfo>, message: IptablesCast): void {
    switch (message.tag) {
      case 'publish':
        this.#gathered.add(message.groupId, message.force === true);
        return this.#schedule(self, [message.groupId]);
      case 'loaded':
        return this.#resumeOnceMore(self, message.groupId);
      case 'forget':
        this.#gathered.forget(message.groupId);
        clearGroupAlarm(this.#needs.alarms, message.groupId);
        this.#underWay.delete(message.groupId);
        this.#again.delete(message.groupId);
        this.#onceMore.end(self, message.groupId);
        forgetGivenSets(this.#needs, message.groupId);
        break;
      case 'sets':
        this.#lookAtSets();
        for (const { groupId, candidate } of this.#needs.outputs.rollouts.values())
          if (message.changed.has(listKey(candidate.sets))) sendSetsAhead(this.#needs, groupId);
        break;
      case 'resume':
        this.#gathered.held.clear();
    }
    this.#schedule(self);
  }

  async handleInfo(self: Self<IptablesInfo>, message: IptablesInfo): Promise<void> {
    switch (message.tag) {
      case 'due':
        this.#timer = undefined;
        this.#timerAt = Infinity;
        await this.#publishDue(self);
        this.#schedule(self);
        return;
      case 'settled':
        return this.#settled(self, message);
      case 'broker_down':
        return;
      case 'once_more':
        this.#onceMore.end(self, message.groupId);
        this.#again.add(message.groupId);
        this.#gathered.add(message.groupId, false);
        return this.#schedule(self, [message.groupId]);
      case 'broker_up':
        return this.#triedAgain.now(self);
      case 'again': {
        const { groupId } = message.output;
        this.#triedAgain.begun(groupId);
        const current = this.#needs.outputs.get(groupId);
        if (current === undefined) return;
        const isOwed = current.publishedAt === null && current.ruleset.id === message.output.ruleset.id;
        if (!isOwed && !this.#owesSets(current)) return;
        this.#gathered.add(groupId, false);
        return this.#schedule(self, [groupId]);
      }
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
    await this.#publishAll(self, [...this.#gathered.waiting], sets);
  }

  describe(): DetailObject {
    return {
      waiting: this.#gathered.waiting.size,
      under_way: this.#room.messages,
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
      looks_in_ms: this.#timerAt === Infinity ? null : Math.round(this.#timerAt - now),
      ipset_publisher: this.#currentSets.unanswered ? 'does not answer' : 'answers',
    };
  }

  /** Sees to it that the timer goes off for the first of `groups` that may go out; others have been seen to. */
  #schedule(self: Self<IptablesInfo>, groups: Iterable<string> = this.#gathered.waiting.keys()): void {
    const { clock, metrics } = this.#needs;
    metrics.gauge('publish_queue_length', this.#gathered.waiting.size);
    let at = Infinity;
    for (const groupId of groups) {
      if (this.#room.has(groupId)) at = Math.min(at, this.#gathered.dueAt(groupId));
    }
    at = Math.max(at, this.#notBefore);
    if (at >= this.#timerAt) return;
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#timerAt = at;
    this.#timer = self.sendAfter(Math.max(0, at - clock.monotonic()), { tag: 'due' });
  }

  async #publishDue(self: Self<IptablesInfo>): Promise<void> {
    const { guard, gate, clock } = this.#needs;
    const { waiting, held } = this.#gathered;
    const now = clock.monotonic();
    const due = [...waiting].filter(([id]) => this.#room.has(id) && this.#gathered.dueAt(id) <= now);
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
    await this.#publishAll(self, due, sets);
  }

  /** As far as there is room. */
  #publishAll(
    self: Self<IptablesInfo>,
    groups: readonly (readonly [string, WaitingGroup])[],
    sets: IpsetReply,
  ): Promise<void> {
    return this.#needs.slices.run(this.#publishEach(self, groups, sets));
  }

  *#publishEach(
    self: Self<IptablesInfo>,
    groups: readonly (readonly [string, WaitingGroup])[],
    sets: IpsetReply,
  ): Generator<void, void> {
    for (const [id, { force }] of groups) {
      if (this.#room.take(id)) this.#publishOne(self, id, force, sets);
      yield;
    }
  }

  #settled(self: Self<IptablesInfo>, message: IptablesInfo & { readonly tag: 'settled' }): void {
    const { output, bytes, outcome, seconds } = message;
    if (this.#underWay.get(output.groupId) === message.message) this.#underWay.delete(output.groupId);
    if (this.#room.settled(output.groupId, bytes)) this.#schedule(self);
    switch (outcome.kind) {
      case 'superseded':
        return;
      case 'refused':
        // No host is compared with a ruleset that no queue took; hosts whose queues refused it are repaired by their hashes.
        if (outcome.taken === 'some') this.#confirmed(self, output, message.message);
        else this.#triedAgain.later(self, output);
        return;
      case 'confirmed':
        this.#needs.metrics.observe('dog_trainer_confirm_seconds', seconds);
        return this.#confirmed(self, output, message.message);
      case 'dropped':
        this.#needs.log.error({ group: output.groupName, reason: outcome.reason }, 'a ruleset was not sent');
        this.#gathered.add(output.groupId, false);
        this.#schedule(self);
    }
  }

  #publishOne(self: Self<IptablesInfo>, groupId: string, force: boolean, sets: IpsetReply): void {
    const { outputs, log } = this.#needs;
    const output = outputs.get(groupId);
    const isOwed = output !== undefined && (output.publishedAt === null || force);
    if (output === undefined || !(isOwed || this.#owesSets(output))) {
      this.#gathered.waiting.delete(groupId);
      return;
    }
    const missing = output.ruleset.sets.filter((name) => !sets.published.has(name) || sets.unusable.has(name));
    if (missing.length > 0) {
      const why = `waits for the sets ${missing.slice(0, 5).join(', ')}`;
      if (this.#gathered.held.get(groupId) !== why)
        log.warn({ group: output.groupName, sets: missing.slice(0, 5) }, why);
      this.#gathered.held.set(groupId, why);
      return;
    }
    this.#gathered.waiting.delete(groupId);
    this.#again.delete(groupId);
    const named = this.#needs.groupSets.of(output.ruleset.sets);
    // The newest message takes the place of one that waits, so it holds what that holds.
    const rules = isOwed || named === undefined || this.#underWay.get(groupId)?.rules === true;
    this.#send(self, output, { rules, sets: named });
  }

  /** Where sets go by group: its rules were given, but not its sets as they are now. */
  #owesSets({ groupId, ruleset }: RulesetOutput): boolean {
    const { groupSets } = this.#needs;
    const sets = groupSets.of(ruleset.sets);
    if (sets === undefined) return false;
    const given = this.#underWay.get(groupId)?.sets?.sha ?? groupSets.given(groupId)?.sha;
    return given !== sets.sha || this.#again.has(groupId);
  }

  #lookAtSets(): void {
    for (const output of this.#needs.outputs.values())
      if (this.#owesSets(output)) this.#gathered.add(output.groupId, false);
  }

  #confirmed(self: Self<IptablesInfo>, output: RulesetOutput, { rules, sets }: Message): void {
    const { groupSets, outputs } = this.#needs;
    const { groupId } = output;
    if (rules) noteConfirmed(this.#needs, output);
    if (sets === undefined || outputs.get(groupId) === undefined) return;
    const before = groupSets.given(groupId);
    noteGivenSets(this.#needs, groupId, { sha: sets.sha, names: sets.names, at: this.#sinceOf(before, sets) });
    if (before?.sha !== sets.sha) this.#needs.convergence.setsOut(sets.hash, groupId);
    const staying = new Set(sets.names);
    // Which sets hosts had before a restart is not known.
    if (rules && before?.names?.every((name) => staying.has(name)) !== true) this.#sendOnceMore(self, groupId);
  }

  /** Sent once more without a change, they give hosts no more time. */
  #sinceOf(before: GivenSets | undefined, { sha }: NamedSets): number {
    return before?.sha === sha ? before.at : nowSeconds(this.#needs.clock);
  }

  #sendOnceMore(self: Self<IptablesInfo>, groupId: string): void {
    if (this.#needs.groupSets.scope === 'group') this.#onceMore.begin(self, groupId);
  }

  /** The timer of a predecessor, or of the server before a restart, is gone with it. */
  #resumeOnceMore(self: Self<IptablesInfo>, groupId: string): void {
    const publishedAt = this.#needs.outputs.get(groupId)?.publishedAt;
    if (typeof publishedAt === 'number' && this.#onceMore.mayBeDue(nowSeconds(this.#needs.clock) - publishedAt))
      this.#sendOnceMore(self, groupId);
  }

  #send(self: Self<IptablesInfo>, output: RulesetOutput, content: Message): void {
    const { outbox, clock, metrics } = this.#needs;
    const { rules, sets } = content;
    const now = clock.now();
    const began = clock.monotonic();
    this.#gathered.sent(output.groupId);
    if (sets !== undefined) metrics.count('ipset_publish');
    if (rules) {
      metrics.count('iptables_publish');
      metrics.count('iptables_publish_group', output.groupName);
    }
    this.#underWay.set(output.groupId, content);
    const put = {
      target: `group/${output.groupId}`,
      class: 'group',
      // The store has it as not confirmed.
      owed: rules && output.publishedAt === null,
      publication:
        rules || sets === undefined ? groupRuleset(output, now, sets) : groupSetsAlone(output.groupName, sets, now),
    } as const;
    const bytes = put.publication.body.byteLength;
    this.#room.put(output.groupId, bytes);
    pipeOutcome<IptablesInfo>(self, outbox.put(put), (outcome) => ({
      tag: 'settled',
      output,
      message: content,
      bytes,
      outcome,
      seconds: (clock.monotonic() - began) / 1000,
    }));
    sendToAstray(this.#needs, output, rules ? 'rules' : 'sets');
  }
}
