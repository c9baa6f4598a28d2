import type { DetailObject, GenServer, Self, TimerRef } from '../../otp/index.js';
import { countOfHostsAhead, type RolloutState } from '../../rollout/rollout.js';
import { beginRollout } from './begin-rollout.js';
import { ClockJumps } from './clock-jumps.js';
import { obey } from './obey.js';
import { remove, rename, supersede, withdraw } from './put-aside.js';
import type { RollerNeeds } from './roller-needs.js';
import { type RollerInfo, RollerRun } from './roller-run.js';
import type { RolloutCall, RolloutCast, RolloutReply } from './rollout-messages.js';
import { blindness } from './sight.js';
import { giveBack } from './states/give-back.js';
import { promote } from './states/promote.js';
import { resumeWhenSeen } from './states/resume-when-seen.js';
import { roll } from './states/roll.js';
import { startRolling } from './states/start-rolling.js';
import type { AfterStep, StateStep } from './states/state-step.js';

/** How often hosts are looked at; they report once in 60 s. */
const LOOK_MS = 1000;

/** What there is to do in each state; in those that are not named, nothing. */
const STEPS: Readonly<Partial<Record<RolloutState, StateStep>>> = {
  planned: startRolling,
  rolling: roll,
  promoting: promote,
  rolling_back: giveBack,
  rollback_blocked: giveBack,
  paused: resumeWhenSeen,
};

/**
 * Brings a change of one group's rules to its hosts in steps, judges what they report, and takes it back when it was wrong
 * (docs/rollout.md). Each transition is in the store before anything follows from it, and what follows is done again by a
 * successor: after a crash or a takeover the same hosts are sent the same bytes.
 */
export class Roller implements GenServer<RolloutCall, RolloutReply, RolloutCast, RollerInfo> {
  readonly #run: RollerRun;
  readonly #jumps: ClockJumps;
  #timer: TimerRef | undefined = undefined;

  constructor(needs: RollerNeeds, groupId: string) {
    this.#run = new RollerRun(needs, groupId);
    this.#jumps = new ClockJumps(needs.clock);
  }

  init(self: Self<RollerInfo>): void {
    self.send(self.pid, { tag: 'look' });
  }

  async handleCast(self: Self<RollerInfo>, message: RolloutCast): Promise<void> {
    const run = this.#run;
    switch (message.tag) {
      case 'look':
        break;
      case 'candidate':
        await beginRollout(self, run.needs, run.record, run.groupId, message);
        break;
      case 'withdrawn':
        await withdraw(self, run);
        break;
      case 'replaced':
        await supersede(self, run, message.why);
        break;
      case 'renamed':
        await rename(self, run, message.name);
        break;
      case 'removed':
        await remove(self, run);
    }
    await this.#look(self);
  }

  async handleCall(self: Self<RollerInfo>, call: RolloutCall): Promise<RolloutReply> {
    const { needs, record, sender } = this.#run;
    const reply = await obey(self, needs, record, call);
    if (reply.ok) {
      this.#run.giveTime();
      // What follows is begun now, not at the next look; what was being sent may be the wrong thing.
      sender.stop();
      await this.#look(self);
    }
    return reply;
  }

  async handleInfo(self: Self<RollerInfo>, message: RollerInfo): Promise<void> {
    if (message.tag === 'settled') this.#run.sender.settled(self, message);
    else this.#timer = undefined;
    await this.#look(self);
  }

  describe(): DetailObject {
    const { record, waitsFor } = this.#run;
    const rollout = record.now;
    if (rollout === undefined) return { group: '', state: 'none' };
    return {
      group: rollout.groupName,
      name: rollout.groupName,
      rollout: rollout.id,
      state: rollout.state,
      hosts_ahead: countOfHostsAhead(rollout),
      ...(waitsFor === undefined ? {} : { waits_for: waitsFor }),
      ...(rollout.pause === null ? {} : { why: rollout.pause.why }),
    };
  }

  /** What it judged last, and what is being sent. */
  formatStatus(): DetailObject {
    const { verdict, sender, watch } = this.#run;
    return {
      ...this.describe(),
      verdict: verdict === undefined ? null : { ...verdict.counts, says: verdict.verdict },
      sending: sender.purpose === '' ? null : { what: sender.purpose, left: sender.left },
      reconnects: [...watch.reconnects].slice(0, 50).map(([hostkey, { at }]) => `${hostkey}: ${at}`),
    };
  }

  /** As long as there is something to look after. */
  async #look(self: Self<RollerInfo>): Promise<void> {
    while ((await this.#step(self)) === 'goes on');
    if (this.#run.record.live !== undefined) this.#timer ??= self.sendAfter(LOOK_MS, { tag: 'look' });
  }

  async #step(self: Self<RollerInfo>): Promise<AfterStep> {
    const run = this.#run;
    const rollout = run.record.live;
    if (rollout === undefined) return 'waits';
    if (this.#jumps.jumped(LOOK_MS)) run.giveTime();
    run.giveBackFormer(rollout);
    const step = STEPS[rollout.state];
    return step === undefined ? 'waits' : step(self, run, rollout, blindness(run.needs));
  }
}
