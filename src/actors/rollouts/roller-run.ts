import type { Message, Self } from '../../otp/index.js';
import type { Measure, Verdict } from '../../rollout/judge.js';
import { type Rollout, stepOf } from '../../rollout/rollout.js';
import { missingSets } from '../last-good/why-not-sent.js';
import { nowSeconds } from '../now-seconds.js';
import { asOutput, HostSender, type Settled } from './host-sender.js';
import { giveTime, judgeHosts } from './judge-hosts.js';
import { ReconnectProof } from './reconnect-proof.js';
import type { RollerNeeds } from './roller-needs.js';
import type { RolloutWatch } from './rollout-book.js';
import { RolloutRecord } from './rollout-record.js';
import { sendAlone } from './send-alone.js';
import { silenceElsewhere } from './sight.js';

/** What a roller tells itself: how a host's message ended, and that it is time to look. */
export type RollerInfo = Settled | (Message & { readonly tag: 'look' });

/** What a roller knows from its start on, and finds anew after another one. What must not be lost is in `record`. */
export class RollerRun {
  readonly needs: RollerNeeds;
  readonly groupId: string;
  readonly record: RolloutRecord;
  readonly sender: HostSender<RollerInfo>;
  /** Undefined: RabbitMQ's management API is not configured. */
  readonly proof: ReconnectProof | undefined;
  /** For what it waits that is no pause, as its state shows it. */
  waitsFor: string | undefined = undefined;
  verdict: Verdict | undefined = undefined;
  /** The rollout about which it was seen that it breaks no guard. */
  provenStatically = '';
  #seesSince: number;
  #gaveBackTo: readonly string[] | undefined = undefined;

  constructor(needs: RollerNeeds, groupId: string) {
    const { connections, log } = needs;
    this.needs = needs;
    this.groupId = groupId;
    this.record = new RolloutRecord(needs, groupId);
    this.sender = new HostSender<RollerInfo>(needs);
    this.#seesSince = this.now;
    this.proof = connections === undefined ? undefined : new ReconnectProof({ connections, log });
  }

  /** Epoch seconds. */
  get now(): number {
    return nowSeconds(this.needs.clock);
  }

  get watch(): RolloutWatch {
    return this.needs.outputs.rollouts.watch(this.groupId);
  }

  /** Epoch seconds: from when hosts have their time, as far as this run has seen them. */
  get seesSince(): number {
    return this.#seesSince;
  }

  /** Nobody could see hosts until now. */
  giveTime(): void {
    this.#seesSince = this.now;
    giveTime(this.watch, this.now);
  }

  /** Whether the sets that the new rules name are not with all agents yet; then `waitsFor` says which. */
  waitsForSets({ candidate }: Rollout): boolean {
    const missing = missingSets(this.needs, candidate.sets);
    this.waitsFor = missing.length === 0 ? undefined : `the sets ${missing.slice(0, 5).join(', ')}`;
    return missing.length > 0;
  }

  /** Whether all of it is confirmed; what is not under way is sent. */
  sent(
    self: Self<RollerInfo>,
    purpose: string,
    rollout: Rollout,
    which: 'candidate' | 'base',
    hosts: readonly string[],
  ): boolean {
    if (this.sender.purpose === purpose) this.sender.fill(self);
    else this.sender.send(self, purpose, this.#output(rollout, which), hosts);
    return this.sender.done;
  }

  /** Once per run: hosts that had something newer before (`returning`) get the group's rules. Those that are missed are repaired. */
  giveBackFormer(rollout: Rollout): void {
    const { returning } = rollout;
    if (this.#gaveBackTo === returning) return;
    this.#gaveBackTo = returning;
    const behind = returning.filter((hostkey) => stepOf(rollout, hostkey) === undefined);
    sendAlone(this.needs, this.#output(rollout, 'base'), behind);
  }

  judge(
    { groupName }: Rollout,
    ruleset: Rollout['base'],
    hosts: Iterable<string>,
    measure: Measure,
    mustReconnect: (hostkey: string) => boolean = () => false,
  ): Verdict {
    const { world, config } = this.needs;
    const judged = { groupName, ruleset, hosts, measure, checkV6: config.check_v6_hashes, mustReconnect };
    this.verdict = judgeHosts(world, this.watch, judged, this.now);
    return this.verdict;
  }

  /** Why nothing follows from the silence of its hosts; undefined: hosts of others are heard. */
  silenceElsewhere({ promotedAt, steps, createdAt, policy }: Rollout): string | undefined {
    const sentAt = promotedAt ?? steps.at(-1)?.confirmedAt ?? createdAt;
    return silenceElsewhere(this.needs, this.groupId, {
      sentAt,
      now: this.now,
      silentAfter: policy.deadline_seconds,
    });
  }

  #output(rollout: Rollout, which: 'candidate' | 'base') {
    const { groupId, groupName, compiledAt, baseCompiledAt } = rollout;
    const named = { groupId, groupName, dialect: this.needs.dialect };
    return asOutput(named, rollout[which], which === 'candidate' ? compiledAt : baseCompiledAt);
  }
}
