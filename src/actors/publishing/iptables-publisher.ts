import type { DetailObject, Message, Self, GenServer, TimerRef } from '../../otp/index.js';
import { CallFailed } from '../../otp/index.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import type { ServerContext } from '../context.js';
import { groupRuleset } from './publications.js';
import { IPSET_PUBLISHER, type IpsetReply, type IptablesCast } from './publisher-messages.js';
import { clearGroupAlarm } from './refused-alarm.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { noteConfirmed } from './note-confirmed.js';
import { refusedRetryMs } from './refused-retry.js';
import { sendToAstray } from './send-to-astray.js';
import { tell } from '../tell.js';

type IptablesInfo =
  | ConnectionInfo
  | { readonly tag: 'due' }
  | { readonly tag: 'room' }
  | { readonly tag: 'confirmed'; readonly output: RulesetOutput }
  /** Nobody took it, as it is. */
  | { readonly tag: 'refused'; readonly output: RulesetOutput }
  /** Perhaps it is taken now, if it is still what is wanted. */
  | { readonly tag: 'again'; readonly output: RulesetOutput }
  | { readonly tag: 'dropped'; readonly output: RulesetOutput; readonly reason: string };

interface Waiting {
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly force: boolean;
}

/**
 * So much of rulesets is in the outbox at a time, each counted in full, and the rest waits here as names of groups: the
 * journal writes every one, and what the outbox can't hold would only be dropped and made again.
 */
const MOST_UNDER_WAY = { bytes: 64 << 20, messages: 2000 } as const;

/** How soon to look again when the ipset publisher is being restarted. */
const RETRY_MS = 200;

/**
 * Publishes rulesets, each to all agents of its group. What is to be sent gathers in the mailbox by group: after a
 * quiet time it goes out, under a burst at most once an interval (docs/host-lifecycle.md#publishing), always after the
 * sets that it names (docs/decisions/0015-sets-before-rules.md). A group whose sets can't be published waits; it holds
 * up no other.
 */
export class IptablesPublisher implements GenServer<never, never, IptablesCast, IptablesInfo> {
  readonly #context: ServerContext;
  readonly #waiting = new Map<string, Waiting>();
  readonly #sentAt = new Map<string, number>();
  /** Groups that wait for more than time, and why. */
  readonly #held = new Map<string, string>();
  /** Put into the outbox and not settled yet. */
  readonly #underWay = { bytes: 0, messages: 0 };
  /** How many of them are each group's. */
  readonly #inOutbox = new Map<string, number>();
  /** Of groups whose ruleset the broker found too large: when it is tried again. */
  readonly #tries = new Map<string, { readonly timer: TimerRef; readonly output: RulesetOutput }>();
  /** Only groups that have a message in the outbox, which a newer one replaces, may go until there is room. */
  #full = false;
  #timer: TimerRef | undefined = undefined;
  #timerAt = Infinity;
  /** Nothing is tried before, in monotonic milliseconds: the ipset publisher did not answer. */
  #notBefore = -Infinity;
  /** The ipset publisher was asked last in vain, and that was said. */
  #unanswered = false;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  init(self: Self): void {
    this.#context.link.subscribe(self);
    // What a predecessor had gathered is known from the rulesets themselves: unconfirmed ones are to be sent.
    for (const output of this.#context.outputs.values()) {
      if (output.publishedAt === null) this.#add(output.groupId, false);
    }
    this.#schedule(self);
  }

  handleCast(self: Self, message: IptablesCast): void {
    switch (message.tag) {
      case 'publish':
        this.#add(message.groupId, message.force === true);
        return this.#schedule(self, [message.groupId]);
      case 'forget':
        this.#waiting.delete(message.groupId);
        clearGroupAlarm(this.#context.alarms, message.groupId);
        this.#held.delete(message.groupId);
        this.#sentAt.delete(message.groupId);
        break;
      case 'resume':
        this.#held.clear();
    }
    this.#schedule(self);
  }

  async handleInfo(self: Self, message: IptablesInfo): Promise<void> {
    switch (message.tag) {
      case 'due':
        this.#timer = undefined;
        this.#timerAt = Infinity;
        await this.#publishDue(self);
        this.#schedule(self);
        return;
      case 'room':
        if (!this.#full) return;
        this.#full = false;
        return this.#schedule(self);
      case 'confirmed':
        return noteConfirmed(this.#context, message.output);
      case 'refused':
        return this.#tryLater(self, message.output);
      case 'broker_down':
        return;
      case 'broker_up':
        // It may be another broker now, or have another limit.
        for (const { timer, output } of this.#tries.values()) {
          self.cancel(timer);
          tell<IptablesInfo>(self, { tag: 'again', output });
        }
        return;
      case 'again': {
        const { groupId } = message.output;
        this.#tries.delete(groupId);
        const current = this.#context.outputs.get(groupId);
        if (current?.publishedAt !== null || current.ruleset.id !== message.output.ruleset.id) return;
        this.#add(groupId, false);
        return this.#schedule(self, [groupId]);
      }
      case 'dropped':
        this.#context.log.error({ group: message.output.groupName, reason: message.reason }, 'a ruleset was not sent');
        this.#add(message.output.groupId, false);
        this.#schedule(self);
    }
  }

  /** Last words: what was gathered need not wait for its time any more. */
  async terminate(self: Self): Promise<void> {
    const { guard, gate, notes } = this.#context;
    await notes.settled();
    if (this.#waiting.size === 0 || !guard.open || gate.paused) return;
    const sets = await this.#currentSets(self);
    if (sets === undefined) return;
    // What there is no room for is known from the store at the next start.
    this.#publishAll(self, [...this.#waiting], sets);
  }

  describe(): DetailObject {
    return {
      waiting: this.#waiting.size,
      under_way: this.#underWay.messages,
      held: Object.fromEntries([...this.#held].slice(0, 50)),
    };
  }

  #tryLater(self: Self, output: RulesetOutput): void {
    const before = this.#tries.get(output.groupId);
    if (before !== undefined) self.cancel(before.timer);
    const again = { tag: 'again', output } satisfies IptablesInfo;
    this.#tries.set(output.groupId, { timer: self.sendAfter(refusedRetryMs(this.#context), again), output });
  }

  #add(groupId: string, force: boolean): void {
    const before = this.#waiting.get(groupId);
    this.#held.delete(groupId);
    this.#waiting.set(groupId, {
      since: before?.since ?? this.#context.system.clock.monotonic(),
      force: force || before?.force === true,
    });
  }

  /** When a group may go out, in monotonic milliseconds. */
  #dueAt(groupId: string, { since }: Waiting): number {
    const { config } = this.#context;
    const last = this.#sentAt.get(groupId) ?? -Infinity;
    return Math.max(since + config.publish_quiet_ms, last + config.profile_periodic_publish_interval_seconds * 1000);
  }

  /** Sees to it that the timer goes off for the first of `groups` that may go out; others have been seen to. */
  #schedule(self: Self, groups: Iterable<string> = this.#waiting.keys()): void {
    const { system, metrics } = this.#context;
    metrics.gauge('publish_queue_length', this.#waiting.size);
    let at = Infinity;
    for (const groupId of groups) {
      const waiting = this.#waiting.get(groupId);
      if (waiting !== undefined && this.#mayGo(groupId)) at = Math.min(at, this.#dueAt(groupId, waiting));
    }
    at = Math.max(at, this.#notBefore);
    if (at >= this.#timerAt) return;
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#timerAt = at;
    this.#timer = self.sendAfter(Math.max(0, at - system.clock.monotonic()), { tag: 'due' } satisfies Message);
  }

  async #publishDue(self: Self): Promise<void> {
    const { guard, gate, system } = this.#context;
    const now = system.clock.monotonic();
    const due = [...this.#waiting].filter(([id, waiting]) => this.#mayGo(id) && this.#dueAt(id, waiting) <= now);
    if (due.length === 0) return;
    const closed = !guard.open ? 'no agent is heard' : gate.paused ? 'publishing is paused' : undefined;
    if (closed !== undefined) {
      for (const [id] of due) this.#held.set(id, closed);
      return;
    }
    const sets = await this.#currentSets(self);
    if (sets === undefined) {
      this.#notBefore = system.clock.monotonic() + RETRY_MS;
      return;
    }
    this.#publishAll(self, due, sets);
  }

  /** As far as there is room. */
  #publishAll(self: Self, groups: readonly (readonly [string, Waiting])[], sets: IpsetReply): void {
    for (const [id, { force }] of groups) {
      const { bytes, messages } = this.#underWay;
      this.#full ||= bytes >= MOST_UNDER_WAY.bytes || messages >= MOST_UNDER_WAY.messages;
      if (!this.#full || this.#inOutbox.has(id)) this.#publishOne(self, id, force, sets);
    }
  }

  #mayGo(groupId: string): boolean {
    return !this.#held.has(groupId) && (!this.#full || this.#inOutbox.has(groupId));
  }

  /** One is settled, however it ended; at half of the bounds the next may go. */
  #settled(self: Self, groupId: string, bytes: number): void {
    this.#underWay.bytes -= bytes;
    this.#underWay.messages -= 1;
    const left = (this.#inOutbox.get(groupId) ?? 1) - 1;
    if (left > 0) this.#inOutbox.set(groupId, left);
    else this.#inOutbox.delete(groupId);
    const isRoom =
      this.#underWay.bytes <= MOST_UNDER_WAY.bytes / 2 && this.#underWay.messages <= MOST_UNDER_WAY.messages / 2;
    if (this.#full && isRoom) tell<IptablesInfo>(self, { tag: 'room' });
  }

  async #currentSets(self: Self): Promise<IpsetReply | undefined> {
    try {
      const sets = await self.call(IPSET_PUBLISHER, { tag: 'flush' });
      this.#unanswered = false;
      return sets;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (!this.#unanswered)
        this.#context.log.warn({ err: error }, 'the ipset publisher does not answer; rulesets wait for it');
      this.#unanswered = true;
      return undefined;
    }
  }

  #publishOne(self: Self, groupId: string, force: boolean, sets: IpsetReply): void {
    const { outputs, log } = this.#context;
    const output = outputs.get(groupId);
    if (output === undefined || (output.publishedAt !== null && !force)) {
      this.#waiting.delete(groupId);
      return;
    }
    const missing = output.ruleset.sets.filter((name) => !sets.published.has(name) || sets.unusable.has(name));
    if (missing.length > 0) {
      const why = `waits for the sets ${missing.slice(0, 5).join(', ')}`;
      if (this.#held.get(groupId) !== why) log.warn({ group: output.groupName, sets: missing.slice(0, 5) }, why);
      this.#held.set(groupId, why);
      return;
    }
    this.#waiting.delete(groupId);
    this.#send(self, output);
  }

  #send(self: Self, output: RulesetOutput): void {
    const { outbox, system, metrics } = this.#context;
    const began = system.clock.monotonic();
    this.#sentAt.set(output.groupId, began);
    metrics.count('iptables_publish');
    metrics.count('iptables_publish_group', output.groupName);
    const put = {
      target: `group/${output.groupId}`,
      class: 'group',
      publication: groupRuleset(output, system.clock.now()),
    } as const;
    const bytes = put.publication.body.byteLength;
    this.#underWay.bytes += bytes;
    this.#underWay.messages += 1;
    this.#inOutbox.set(output.groupId, (this.#inOutbox.get(output.groupId) ?? 0) + 1);
    void outbox.put(put).outcome.then((outcome) => {
      this.#settled(self, output.groupId, bytes);
      switch (outcome.kind) {
        case 'refused':
          // What nobody has makes nobody a suspect; the hosts of queues that refused it are repaired by their hashes.
          return tell<IptablesInfo>(self, { tag: outcome.taken === 'some' ? 'confirmed' : 'refused', output });
        case 'confirmed':
          metrics.observe('dog_trainer_confirm_seconds', (system.clock.monotonic() - began) / 1000);
          return tell<IptablesInfo>(self, { tag: 'confirmed', output });
        case 'dropped':
          return tell<IptablesInfo>(self, { tag: 'dropped', output, reason: outcome.reason });
        case 'superseded':
          return false;
      }
    });
    sendToAstray(this.#context, output);
  }
}
