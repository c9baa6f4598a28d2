import type { DetailObject, GenServer, Self, TimerRef } from '../../otp/index.js';
import { measureOf, type Verdict } from '../../rollout/judge.js';
import { countOfHostsAhead, hostsAhead, type Rollout, stepOf } from '../../rollout/rollout.js';
import {
  activity,
  ended,
  paused,
  promoted,
  promotionConfirmed,
  resumed,
  rollbackBlocked,
  rolledBack,
  stepBegun,
  stepConfirmed,
  stepDone,
} from '../../rollout/transitions.js';
import { textOf } from '../../model/text-of.js';
import { missingSets } from '../last-good/why-not-sent.js';
import { nowSeconds } from '../now-seconds.js';
import { beginRollout } from './begin-rollout.js';
import { ClockJumps } from './clock-jumps.js';
import { whyExempt } from './group-hosts.js';
import { asOutput, HostSender, type Settled } from './host-sender.js';
import { begin, giveTime, judgeHosts } from './judge-hosts.js';
import { obey } from './obey.js';
import { ReconnectProof } from './reconnect-proof.js';
import type { RollerNeeds } from './roller-needs.js';
import type { RolloutCall, RolloutCast, RolloutReply } from './rollout-messages.js';
import { clearRolloutAlarms } from './rollout-alarms.js';
import { RolloutRecord } from './rollout-record.js';
import { sendAlone } from './send-alone.js';
import { blindness, silenceElsewhere } from './sight.js';
import { whoIsNext, type WhoIsNext } from './who-is-next.js';

type RollerInfo = Settled | { readonly tag: 'look' };

/** How often hosts are looked at; they report once in 60 s. */
const LOOK_MS = 1000;
/** A host that shows its rules, and is not seen to connect anew: so many deadlines are waited. */
const RECONNECT_DEADLINES = 4;

/**
 * Brings a change of one group's rules to its hosts in steps, judges what they report, and takes it back when it was wrong
 * (docs/rollout.md). Each transition is in the store before anything follows from it, and what follows is done again by a
 * successor: after a crash or a takeover the same hosts are sent the same bytes.
 */
export class Roller implements GenServer<RolloutCall, RolloutReply, RolloutCast, RollerInfo> {
  readonly #needs: RollerNeeds;
  readonly #groupId: string;
  readonly #record: RolloutRecord;
  readonly #sender: HostSender<RollerInfo>;
  readonly #jumps: ClockJumps;
  readonly #proof: ReconnectProof | undefined;
  /** For what it waits that is no pause, as its state shows it. */
  #waitsFor: string | undefined = undefined;
  #verdict: Verdict | undefined = undefined;
  #timer: TimerRef | undefined = undefined;
  /** The rollout about which it was seen that it breaks no guard. */
  #provenStatically = '';
  /** Epoch seconds: from when hosts have their time, as far as this run has seen them. */
  #seesSince: number;
  /** Hosts that had something newer before (`returning` of the rollout), and were sent the group's rules instead. */
  #gaveBackTo: readonly string[] | undefined = undefined;

  constructor(needs: RollerNeeds, groupId: string) {
    const { connections, log } = needs;
    this.#needs = needs;
    this.#groupId = groupId;
    this.#record = new RolloutRecord(needs, groupId);
    this.#sender = new HostSender<RollerInfo>(needs);
    this.#jumps = new ClockJumps(needs.clock);
    this.#seesSince = nowSeconds(needs.clock);
    this.#proof = connections === undefined ? undefined : new ReconnectProof({ connections, log });
  }

  init(self: Self<RollerInfo>): void {
    self.send(self.pid, { tag: 'look' });
  }

  async handleCast(self: Self<RollerInfo>, message: RolloutCast): Promise<void> {
    switch (message.tag) {
      case 'look':
        break;
      case 'candidate':
        await beginRollout(self, this.#needs, this.#record, this.#groupId, message);
        break;
      case 'withdrawn':
        await this.#withdraw(self);
        break;
      case 'replaced':
        await this.#supersede(self, message.why);
        break;
      case 'renamed':
        await this.#rename(self, message.name);
        break;
      case 'removed':
        await this.#remove(self);
    }
    await this.#look(self);
  }

  async handleCall(self: Self<RollerInfo>, call: RolloutCall): Promise<RolloutReply> {
    const reply = await obey(self, this.#needs, this.#record, call);
    if (reply.ok) {
      this.#giveTime();
      // What follows is begun now, not at the next look; what was being sent may be the wrong thing.
      this.#sender.stop();
      await this.#look(self);
    }
    return reply;
  }

  async handleInfo(self: Self<RollerInfo>, message: RollerInfo): Promise<void> {
    if (message.tag === 'settled') this.#sender.settled(self, message);
    else this.#timer = undefined;
    await this.#look(self);
  }

  describe(): DetailObject {
    const rollout = this.#record.now;
    if (rollout === undefined) return { group: '', state: 'none' };
    return {
      group: rollout.groupName,
      name: rollout.groupName,
      rollout: rollout.id,
      state: rollout.state,
      hosts_ahead: countOfHostsAhead(rollout),
      ...(this.#waitsFor === undefined ? {} : { waits_for: this.#waitsFor }),
      ...(rollout.pause === null ? {} : { why: rollout.pause.why }),
    };
  }

  /** What it judged last, and what is being sent. */
  formatStatus(): DetailObject {
    return {
      ...this.describe(),
      verdict: this.#verdict === undefined ? null : { ...this.#verdict.counts, says: this.#verdict.verdict },
      sending: this.#sender.purpose === '' ? null : { what: this.#sender.purpose, left: this.#sender.left },
      reconnects: [...this.#watch.reconnects].slice(0, 50).map(([hostkey, { at }]) => `${hostkey}: ${at}`),
    };
  }

  get #now(): number {
    return nowSeconds(this.#needs.clock);
  }

  get #watch() {
    return this.#needs.outputs.rollouts.watch(this.#groupId);
  }

  /** As long as there is something to look after. */
  async #look(self: Self<RollerInfo>): Promise<void> {
    await this.#goOn(self);
    if (this.#record.live !== undefined) this.#timer ??= self.sendAfter(LOOK_MS, { tag: 'look' });
  }

  async #goOn(self: Self<RollerInfo>): Promise<void> {
    const rollout = this.#record.live;
    if (rollout === undefined) return;
    if (this.#jumps.jumped(LOOK_MS)) this.#giveTime();
    this.#giveBackFormer(rollout);
    const blind = blindness(this.#needs);
    switch (rollout.state) {
      case 'planned':
        this.#waitsFor = blind;
        if (blind === undefined) await this.#start(self, rollout);
        return;
      case 'rolling':
        return this.#roll(self, rollout, blind ?? this.#proof?.failure);
      case 'promoting':
        return this.#promote(self, rollout, blind);
      case 'rolling_back':
      case 'rollback_blocked':
        return this.#giveBack(self, rollout, blind);
      case 'paused':
        if (rollout.pause?.kind !== 'blind' || blind !== undefined || this.#waitsForHosts(rollout)) return;
        await this.#proof?.tryAgain(this.#watch, hostsAhead(rollout), this.#now);
        if (this.#proof?.failure === undefined && this.#othersAreHeard(rollout)) await this.#resume(self, rollout);
        return;
      case 'done':
      case 'rolled_back':
      case 'superseded':
    }
  }

  /** Once per run: hosts that had something newer before. Those that are missed are repaired. */
  #giveBackFormer({ groupId, groupName, base, baseCompiledAt, returning, steps }: Rollout): void {
    if (this.#gaveBackTo === returning) return;
    this.#gaveBackTo = returning;
    const output = asOutput({ groupId, groupName, dialect: this.#needs.dialect }, base, baseCompiledAt);
    sendAlone(
      this.#needs,
      output,
      returning.filter((hostkey) => stepOf({ steps }, hostkey) === undefined),
    );
  }

  async #resume(self: Self<RollerInfo>, rollout: Rollout): Promise<void> {
    const next = resumed(rollout, this.#now);
    if (next === undefined) return;
    this.#giveTime();
    await this.#record.keep(self, next);
  }

  /** Nobody could see hosts until now. */
  #giveTime(): void {
    this.#seesSince = this.#now;
    giveTime(this.#watch, this.#now);
  }

  /** A change that breaks a guard is not sent to anybody, unless somebody said why it may. */
  async #start(self: Self<RollerInfo>, rollout: Rollout): Promise<void> {
    const missing = missingSets(this.#needs, rollout.candidate.sets);
    this.#waitsFor = missing.length === 0 ? undefined : `the sets ${missing.slice(0, 5).join(', ')}`;
    if (missing.length > 0) return;
    if (this.#provenStatically !== rollout.id && rollout.hurry === null && rollout.override === null) {
      const broken = await this.#needs.guardsBroken(this.#groupId, rollout.candidate);
      if (broken?.is === 'unknown') {
        // That is this server's own blindness: it is asked again at the next look, and nobody need come.
        this.#waitsFor = broken.why;
        return;
      }
      if (broken !== undefined) {
        const next = paused(rollout, { kind: 'guard', why: broken.why, author: 'system' }, this.#now);
        return next === undefined ? undefined : this.#record.keep(self, next);
      }
      this.#provenStatically = rollout.id;
    }
    await this.#next(self, rollout);
  }

  /** To the next hosts, or to all. */
  async #next(self: Self<RollerInfo>, rollout: Rollout): Promise<void> {
    const next = this.#whoIsNext(rollout);
    switch (next.kind) {
      case 'all':
        return this.#keepAndGoOn(self, promoted(rollout, this.#now));
      case 'hosts': {
        const hosts = next.hosts.map(({ hostkey }) => hostkey);
        return this.#keepAndGoOn(self, stepBegun(rollout, hosts, this.#now));
      }
      case 'unseen':
        return this.#goBlind(self, rollout, next.why);
      case 'nobody': {
        const why = `none of the ${next.reporting} hosts that report can show that it has the new rules: look at drift, then promote it, or mend them and resume it`;
        const stopped = paused(rollout, { kind: 'failed', why, author: 'system' }, this.#now);
        if (stopped !== undefined) await this.#record.keep(self, stopped);
      }
    }
  }

  #whoIsNext(rollout: Rollout): WhoIsNext {
    const { world, config } = this.#needs;
    return whoIsNext(world, this.#watch, rollout, { now: this.#now, checkV6: config.check_v6_hashes });
  }

  /** Whether the next step waits for hosts that can't be seen. */
  #waitsForHosts(rollout: Rollout): boolean {
    if (rollout.pause?.from === 'promoting' || rollout.steps.at(-1)?.doneAt === null) return false;
    return this.#whoIsNext(rollout).kind === 'unseen';
  }

  async #keepAndGoOn(self: Self<RollerInfo>, rollout: Rollout): Promise<void> {
    await this.#record.keep(self, rollout);
    await this.#goOn(self);
  }

  async #roll(self: Self<RollerInfo>, rollout: Rollout, blind: string | undefined): Promise<void> {
    if (blind !== undefined) return this.#goBlind(self, rollout, blind);
    const step = rollout.steps.at(-1);
    if (step === undefined) return this.#next(self, rollout);
    if (step.confirmedAt === null) {
      const purpose = `${rollout.id} step ${rollout.steps.length}`;
      const missing = missingSets(this.#needs, rollout.candidate.sets);
      this.#waitsFor = missing.length === 0 ? undefined : `the sets ${missing.slice(0, 5).join(', ')}`;
      if (missing.length > 0) return;
      if (!this.#sent(self, purpose, rollout, 'candidate', step.hosts)) return;
      begin(this.#watch, step.hosts, this.#now);
      await this.#record.keep(self, stepConfirmed(rollout, this.#now));
    }
    const current = this.#record.live;
    if (current?.state !== 'rolling') return;
    const given = hostsAhead(current);
    const { hosts: first, isLast: isFirst } = this.#firstJudged(current);
    const proof = this.#proof;
    const measure = measureOf(current.policy, given.length, { isFirst });
    const verdict = this.#judge(
      current,
      current.candidate,
      given,
      measure,
      (hostkey) => proof !== undefined && isFirst && first.includes(hostkey) && proof.isDue(this.#watch, hostkey),
    );
    if (verdict.verdict === 'failed') return this.#fail(self, current, verdict);
    if (current.hurry !== null && verdict.counts.shown + verdict.counts.ok > 0)
      return this.#keepAndGoOn(self, promoted(current, this.#now));
    if (proof !== undefined && isFirst && (await this.#proveReconnects(self, current, first, proof))) return;
    if (verdict.verdict !== 'baked') return;
    await this.#record.keep(self, stepDone(current, this.#now));
    const done = this.#record.live;
    if (done?.state === 'rolling') await this.#next(self, done);
  }

  /** The hosts that are looked at most closely: of the first step in which anybody is judged. `isLast`: that is the newest. */
  #firstJudged({ groupName, steps }: Rollout): { readonly hosts: readonly string[]; readonly isLast: boolean } {
    const { world } = this.#needs;
    const index = steps.findIndex(({ hosts }) =>
      hosts.some((hostkey) => whyExempt(world, groupName, hostkey) === undefined),
    );
    const step = steps.at(index);
    return { hosts: step?.hosts ?? [], isLast: step === steps.at(-1) };
  }

  /** True: it was paused over that. */
  async #proveReconnects(
    self: Self<RollerInfo>,
    rollout: Rollout,
    first: readonly string[],
    proof: ReconnectProof,
  ): Promise<boolean> {
    const { progress, exempt } = this.#watch;
    const due = first.filter((hostkey) => !exempt.has(hostkey) && proof.isDue(this.#watch, hostkey));
    if (due.length === 0) return false;
    const showing = due.filter((hostkey) => {
      const closed = this.#watch.reconnects.get(hostkey)?.at === 'closed';
      return closed || (progress.get(hostkey)?.proofs ?? 0) > 0;
    });
    await proof.advance(this.#watch, showing, () => this.#now);
    // Time in which this could not be seen does not count, as elsewhere.
    const since = Math.max(this.#seesSince, rollout.steps.at(-1)?.confirmedAt ?? this.#now);
    if (this.#now - since <= RECONNECT_DEADLINES * rollout.policy.deadline_seconds) return false;
    const why = `${due.length} of its first hosts were not seen to connect to RabbitMQ with their new rules`;
    const stopped = paused(rollout, { kind: 'failed', why, author: 'system' }, this.#now);
    if (stopped !== undefined) await this.#record.keep(self, stopped);
    return true;
  }

  /** Whether all of it is confirmed; what is not under way is sent. */
  #sent(
    self: Self<RollerInfo>,
    purpose: string,
    rollout: Rollout,
    which: 'candidate' | 'base',
    hosts: readonly string[],
  ): boolean {
    if (this.#sender.purpose !== purpose) {
      const { groupId, groupName } = rollout;
      const compiledAt = which === 'candidate' ? rollout.compiledAt : rollout.baseCompiledAt;
      const named = { groupId, groupName, dialect: this.#needs.dialect };
      this.#sender.send(self, purpose, asOutput(named, rollout[which], compiledAt), hosts);
    } else this.#sender.fill(self);
    return this.#sender.done;
  }

  #judge(
    rollout: Rollout,
    ruleset: Rollout['base'],
    hosts: Iterable<string>,
    measure: ReturnType<typeof measureOf>,
    mustReconnect: (hostkey: string) => boolean = () => false,
  ): Verdict {
    const { world, config } = this.#needs;
    const judged = {
      groupName: rollout.groupName,
      ruleset,
      hosts,
      measure,
      checkV6: config.check_v6_hashes,
      mustReconnect,
    };
    const verdict = judgeHosts(world, this.#watch, judged, this.#now);
    this.#verdict = verdict;
    return verdict;
  }

  async #promote(self: Self<RollerInfo>, rollout: Rollout, blind: string | undefined): Promise<void> {
    const { outputs, groups } = this.#needs;
    const { candidate: ruleset, compiledAt } = rollout;
    const output = outputs.get(this.#groupId);
    if (output?.ruleset.id !== ruleset.id) {
      groups.send(this.#groupId, { tag: 'give_all', ruleset, compiledAt });
      return;
    }
    if (blind !== undefined) return this.#goBlind(self, rollout, blind);
    if (output.publishedAt === null) return;
    if (rollout.promotedAt === null) {
      begin(this.#watch, this.#hostsThere(rollout), this.#now);
      await this.#record.keep(self, promotionConfirmed(rollout, this.#now));
    }
    const current = this.#record.live;
    if (current?.state !== 'promoting') return;
    const hosts = this.#hostsThere(current);
    const verdict = this.#judge(current, ruleset, hosts, measureOf(current.policy, hosts.length, { isFirst: false }));
    if (verdict.verdict === 'failed') return this.#fail(self, current, verdict);
    if (verdict.verdict === 'baked') await this.#end(self, current, 'done', null);
  }

  /** Hosts of the group that reported before it went to all; those that did not are found by their hashes when they come. */
  #hostsThere({ groupName, promotedAt, policy }: Rollout): readonly string[] {
    const { world } = this.#needs;
    const since = (promotedAt ?? this.#now) - policy.deadline_seconds;
    return world.hostsOf(groupName).flatMap((row) => {
      const hostkey = textOf(row['hostkey']);
      const heard = typeof row['keepalive_timestamp'] === 'number' && row['keepalive_timestamp'] >= since;
      return hostkey !== '' && row['active'] !== 'retired' && (heard || this.#watch.progress.has(hostkey))
        ? [hostkey]
        : [];
    });
  }

  /** The group has what it had before, and hosts that were given something else get that again. */
  async #giveBack(self: Self<RollerInfo>, rollout: Rollout, blind: string | undefined): Promise<void> {
    const { outputs, groups } = this.#needs;
    const { base: ruleset, baseCompiledAt: compiledAt, promotedAt, returnedAt } = rollout;
    const output = outputs.get(this.#groupId);
    if (output?.ruleset.id !== ruleset.id) {
      // What hosts show until all are given it back is of no account.
      this.#sender.stop();
      groups.send(this.#groupId, { tag: 'give_all', ruleset, compiledAt });
      return;
    }
    if (blind !== undefined) {
      this.#giveTime();
      return;
    }
    const wasForAll = promotedAt !== null;
    if (wasForAll && output.publishedAt === null) return;
    const hosts = wasForAll ? this.#hostsThere(rollout) : hostsAhead(rollout);
    // The group's own message gave it to all of them; where it never went to all, there was none.
    const reached = wasForAll && output.publishedAt !== null && output.publishedAt >= (returnedAt ?? 0);
    const alone = reached ? [] : hostsAhead(rollout);
    const purpose = `${rollout.id} back`;
    const isBegun = this.#sender.purpose === purpose;
    if (!isBegun) begin(this.#watch, hosts, this.#now);
    if (!this.#sent(self, purpose, rollout, 'base', alone)) {
      if (isBegun) this.#giveTime();
      return;
    }
    const measure = { proofs: 1, deadlineSeconds: rollout.policy.deadline_seconds, tolerated: 0 };
    const verdict = this.#judge(rollout, ruleset, hosts, measure);
    if (verdict.verdict === 'baked') return this.#end(self, rollout, 'rolled_back', null);
    if (verdict.verdict !== 'failed') return;
    const silent = verdict.failed.some(({ status }) => status === 'silent');
    if (silent && this.#silenceElsewhere(rollout) !== undefined) return this.#giveTime();
    const same = rollout.state === 'rollback_blocked' && rollout.failed.length === verdict.failed.length;
    if (!same) await this.#record.keep(self, rollbackBlocked(rollout, verdict.failed, this.#now));
  }

  async #fail(self: Self<RollerInfo>, rollout: Rollout, { failed }: Verdict): Promise<void> {
    const silent = failed.some(({ status }) => status === 'silent');
    const elsewhere = silent ? this.#silenceElsewhere(rollout) : undefined;
    if (elsewhere !== undefined) return this.#goBlind(self, rollout, elsewhere);
    const why = `${failed.length === 1 ? '1 host' : `${failed.length} hosts`} did not come to have the new rules`;
    this.#sender.stop();
    const next =
      rollout.policy.on_failure === 'pause'
        ? paused(rollout, { kind: 'failed', why, author: 'system' }, this.#now, failed)
        : rolledBack(rollout, why, this.#now, failed);
    if (next !== undefined) await this.#keepAndGoOn(self, next);
  }

  #silenceElsewhere(rollout: Rollout): string | undefined {
    const sentAt = rollout.promotedAt ?? rollout.steps.at(-1)?.confirmedAt ?? rollout.createdAt;
    const when = { sentAt, now: this.#now, silentAfter: rollout.policy.deadline_seconds };
    return silenceElsewhere(this.#needs, this.#groupId, when);
  }

  #othersAreHeard(rollout: Rollout): boolean {
    return this.#silenceElsewhere(rollout) === undefined;
  }

  /** It stands still, and goes on by itself when this server sees again. */
  async #goBlind(self: Self<RollerInfo>, rollout: Rollout, why: string): Promise<void> {
    const next = paused(rollout, { kind: 'blind', why, author: 'system' }, this.#now);
    if (next !== undefined) await this.#record.keep(self, next);
  }

  async #end(
    self: Self<RollerInfo>,
    rollout: Rollout,
    state: 'done' | 'rolled_back' | 'superseded',
    why: string | null,
  ): Promise<void> {
    const { metrics, groups } = this.#needs;
    await this.#record.keep(self, ended(rollout, state, why, this.#now));
    if (state === 'done') metrics.observe('dog_trainer_rollout_seconds', Math.max(0, this.#now - rollout.createdAt));
    // An edit may have waited for this.
    groups.send(this.#groupId, { tag: 'assigned_anew' });
  }

  /** Policy compiles again to what the group has. */
  async #withdraw(self: Self<RollerInfo>): Promise<void> {
    const rollout = this.#record.now;
    if (rollout === undefined) return;
    const why = 'policy compiles again to what its hosts had';
    if (rollout.state === 'rolled_back') return this.#record.keep(self, ended(rollout, 'superseded', why, this.#now));
    if (activity(rollout) === undefined) return;
    this.#sender.stop();
    const next = rolledBack(rollout, why, this.#now, []);
    await this.#record.keep(self, next.state === 'rolled_back' ? ended(next, 'superseded', why, this.#now) : next);
  }

  async #supersede(self: Self<RollerInfo>, why: string): Promise<void> {
    const rollout = this.#record.now;
    if (rollout === undefined || rollout.state === 'done' || rollout.state === 'superseded') return;
    this.#sender.stop();
    await this.#record.keep(self, ended(rollout, 'superseded', why, this.#now));
    // What the group has may be what it had, and is not sent to it again: they alone had something else.
    const output = this.#needs.outputs.get(this.#groupId);
    if (output !== undefined) sendAlone(this.#needs, output, [...hostsAhead(rollout), ...rollout.returning]);
  }

  /** It goes on under the new name, in the state that it is in: to rename a group is no word on its change. */
  async #rename(self: Self<RollerInfo>, groupName: string): Promise<void> {
    const rollout = this.#record.now;
    if (rollout === undefined || rollout.groupName === groupName) return;
    if (rollout.state === 'done' || rollout.state === 'superseded') return;
    // What still waits to be sent has the former name in it.
    this.#sender.stop();
    const { outputs } = this.#needs;
    const formerNames = outputs.rollouts.formerNames(this.#groupId);
    await this.#record.keep(self, { ...rollout, groupName, formerNames, changedAt: this.#now });
  }

  async #remove(self: Self<RollerInfo>): Promise<void> {
    await this.#supersede(self, 'the group is gone');
    clearRolloutAlarms(this.#needs.alarms, this.#groupId);
    this.#needs.outputs.rollouts.forget(this.#groupId);
  }
}
