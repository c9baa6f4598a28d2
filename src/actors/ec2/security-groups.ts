import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Config } from '../../config/schema.js';
import { Ec2Error, type Ec2Cloud } from '../../ec2/ec2-cloud.js';
import { planRegion, targetsByRegion, type GroupPlan, type Target } from '../../ec2/plan.js';
import { sentGroupIdsIn } from '../../ec2/group-ids.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Log } from '../../log/log.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { JsonObject } from '../../model/document.js';
import {
  backoffMs,
  NO_REPLY,
  type Clock,
  type DetailObject,
  type From,
  type GenServer,
  type Self,
} from '../../otp/index.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import { type MayPublish, whyHeld } from '../publishing/publishing-gate.js';
import { applyPlans, planFaults, refusedRules } from './apply-plan.js';
import type { Ec2Report, SecurityGroupsCall, SecurityGroupsCast } from './security-groups-messages.js';

export interface SecurityGroupsNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: {
    readonly ec2: Pick<
      Config['ec2'],
      'mode' | 'interval_seconds' | 'quiet_seconds' | 'retry_min_seconds' | 'retry_max_seconds'
    >;
  };
  /** Undefined: `ec2.mode` is off. */
  readonly cloud: Ec2Cloud | undefined;
  readonly world: Pick<World, 'ready' | 'policy'>;
  readonly dialect: Dialect;
  readonly slices: Pick<Slices, 'run'>;
  readonly gate: MayPublish;
  readonly alarms: Pick<AlarmBook, 'show' | 'clear'>;
  readonly metrics: Metrics;
  readonly log: Log;
  /** In [0, 1), for waits; absent: by chance. */
  readonly random?: () => number;
}

type Outcome =
  | { readonly ok: true; readonly plans: readonly GroupPlan[]; readonly failures: readonly string[] }
  | { readonly ok: false; readonly error: Ec2Error };

type Info =
  | { readonly tag: 'look' }
  | { readonly tag: 'done'; readonly region: string; readonly outcome: Outcome }
  | { readonly tag: 'planned'; readonly from: From<Ec2Report>; readonly report: Ec2Report };

/** Between two looks for regions that are due. */
const LOOK_MS = 1000;

interface Region {
  targets: readonly Target[];
  /** Monotonic milliseconds. */
  dueAt: number;
  /** It is not begun before that: it failed, or was looked at a moment ago. */
  notBefore: number;
  busy: boolean;
  failures: number;
  trouble: string | undefined;
}

/**
 * Keeps the security groups of EC2 as policy wants them (docs/rulesets.md#ec2-security-groups): after every change, and now
 * and then, as somebody may have changed them by hand. Each region by itself: one that fails, or throttles, is tried
 * again with backoff, and holds up no other. With `ec2.mode: plan` it only answers what it would do.
 */
export class SecurityGroups implements GenServer<SecurityGroupsCall, Ec2Report, SecurityGroupsCast, Info> {
  readonly #needs: SecurityGroupsNeeds;
  readonly #regions = new Map<string, Region>();
  /** Which security groups there are must be found anew. */
  #stale = true;

  constructor(needs: SecurityGroupsNeeds) {
    this.#needs = needs;
  }

  init(self: Self<Info>): void {
    if (this.#applies()) self.sendInterval(LOOK_MS, { tag: 'look' });
  }

  handleCall(self: Self<Info>, _call: SecurityGroupsCall, from: From<Ec2Report>): Ec2Report | typeof NO_REPLY {
    const { cloud, config, world } = this.#needs;
    const { mode } = config.ec2;
    if (cloud === undefined) return { mode, reason: 'ec2.mode is off: nothing is asked of EC2', regions: [] };
    if (!world.ready) return { mode, reason: 'policy is not read from the store yet', regions: [] };
    self.pipeToSelf(
      this.#plan(cloud, self.signal),
      (regions) => ({ tag: 'planned', from, report: { mode, regions } }),
      (error) => ({ tag: 'planned', from, report: { mode, reason: String(error), regions: [] } }),
    );
    return NO_REPLY;
  }

  handleCast(): void {
    this.#stale = true;
    const soon = this.#now() + this.#needs.config.ec2.quiet_seconds * 1000;
    for (const region of this.#regions.values()) region.dueAt = Math.min(region.dueAt, soon);
  }

  handleInfo(self: Self<Info>, message: Info): void {
    if (message.tag === 'look') this.#look(self);
    else if (message.tag === 'done') this.#take(message.region, message.outcome);
    else message.from.reply(message.report);
  }

  describe(): DetailObject {
    const { mode } = this.#needs.config.ec2;
    const failing = [...this.#regions].flatMap(([region, { trouble }]) => (trouble === undefined ? [] : [region]));
    return { mode, regions: this.#regions.size, failing: failing.join(' ') };
  }

  /** Each region by itself; what EC2 said of it as it stands in the alarm. */
  formatStatus(): DetailObject {
    const now = this.#now();
    const inSeconds = (at: number): number => Math.max(0, Math.round((at - now) / 1000));
    const regions = [...this.#regions].map(([name, { targets, busy, failures, trouble, dueAt, notBefore }]) => [
      name,
      {
        groups: targets.length,
        busy,
        failures,
        trouble: trouble ?? null,
        due_in_seconds: inSeconds(Math.max(dueAt, notBefore)),
      },
    ]);
    return { ...this.describe(), policy_changed: this.#stale, regions: Object.fromEntries(regions) as DetailObject };
  }

  #applies(): boolean {
    return this.#needs.cloud !== undefined && this.#needs.config.ec2.mode === 'apply';
  }

  #now(): number {
    return this.#needs.clock.monotonic();
  }

  #look(self: Self<Info>): void {
    const { world, gate, cloud } = this.#needs;
    if (cloud === undefined || !world.ready || whyHeld(gate) !== undefined) return;
    if (this.#stale) this.#findRegions();
    const now = this.#now();
    for (const [name, region] of this.#regions) {
      if (region.busy || region.dueAt > now || region.notBefore > now) continue;
      region.busy = true;
      // A change that comes from now on makes it due again.
      region.dueAt = now + this.#needs.config.ec2.interval_seconds * 1000;
      self.pipeToSelf(
        this.#keep(cloud, name, region.targets, self.signal),
        (outcome) => ({ tag: 'done', region: name, outcome }),
        (error) => ({ tag: 'done', region: name, outcome: { ok: false, error: asEc2Error(error) } }),
      );
    }
  }

  /** The regions whose security groups our groups name; those that none names any more are let go of. */
  #findRegions(): void {
    const { world, alarms } = this.#needs;
    const targets = targetsByRegion(world.policy);
    this.#stale = false;
    for (const [name, { busy }] of this.#regions)
      if (busy && !targets.has(name)) this.#stale = true;
      else if (!targets.has(name)) {
        this.#regions.delete(name);
        alarms.clear(troubleAlarm(name));
        alarms.clear(refusedAlarm(name));
      }
    for (const [name, list] of targets) {
      const known = this.#regions.get(name);
      if (known !== undefined) known.targets = list;
      else
        this.#regions.set(name, {
          targets: list,
          dueAt: 0,
          notBefore: 0,
          busy: false,
          failures: 0,
          trouble: undefined,
        });
    }
  }

  async #keep(cloud: Ec2Cloud, region: string, targets: readonly Target[], signal: AbortSignal): Promise<Outcome> {
    const { log, metrics, gate } = this.#needs;
    const plans = await this.#planOf(cloud, region, targets, signal);
    const needs = { cloud, log, metrics, held: () => whyHeld(gate) !== undefined };
    return { ok: true, plans, failures: await applyPlans(needs, region, plans, signal) };
  }

  async #planOf(
    cloud: Ec2Cloud,
    region: string,
    targets: readonly Target[],
    signal: AbortSignal,
  ): Promise<readonly GroupPlan[]> {
    const { world, dialect, slices } = this.#needs;
    // It becomes part of the name of a server.
    if (!/^[a-z0-9-]{1,40}$/.test(region))
      throw new Ec2Error('refused', `${JSON.stringify(region)} is no region of EC2`);
    // Those of linked environments too: whether rules can name them depends on what they are.
    const ids = new Set([...targets.map(({ sgid }) => sgid), ...sentGroupIdsIn(world.policy, region)]);
    const present = await cloud.describe(region, [...ids].sort(), signal);
    return slices.run(planRegion(world.policy, dialect, region, targets, present));
  }

  async #plan(cloud: Ec2Cloud, signal: AbortSignal): Promise<readonly JsonObject[]> {
    return Promise.all(
      [...targetsByRegion(this.#needs.world.policy)].map(async ([region, targets]) => {
        try {
          const groups = await this.#planOf(cloud, region, targets, signal);
          return { region, groups } as unknown as JsonObject;
        } catch (error) {
          return { region, error: asEc2Error(error).message, groups: [] };
        }
      }),
    );
  }

  #take(name: string, outcome: Outcome): void {
    const region = this.#regions.get(name);
    if (region === undefined) return;
    const { config, metrics, alarms, log } = this.#needs;
    const { quiet_seconds: quiet, retry_min_seconds: min, retry_max_seconds: max } = config.ec2;
    const now = this.#now();
    region.busy = false;
    const faults = outcome.ok ? [...outcome.failures, ...planFaults(outcome.plans)] : [outcome.error.message];
    const failed = !outcome.ok || outcome.failures.length > 0;
    if (failed) {
      region.failures += 1;
      metrics.count('dog_trainer_ec2_failures_total', outcome.ok ? 'refused' : outcome.error.code);
      const wait = backoffMs(
        { baseMs: min * 1000, maxMs: max * 1000 },
        region.failures,
        (this.#needs.random ?? Math.random)(),
      );
      region.notBefore = now + wait;
      region.dueAt = Math.min(region.dueAt, region.notBefore);
    } else {
      region.failures = 0;
      region.notBefore = now + quiet * 1000;
    }
    const trouble = faults.length === 0 ? undefined : describeFaults(name, faults);
    if (trouble !== region.trouble) {
      if (trouble !== undefined)
        log.warn({ region: name, faults: faults.slice(0, 20) }, 'security groups are not as wanted');
      else log.info({ region: name }, 'security groups are as wanted again');
    }
    region.trouble = trouble;
    alarms.show(troubleAlarm(name), trouble);
    if (!outcome.ok) return;
    const refused = refusedRules(outcome.plans);
    const says = `${refused} rules (or parts of them) for security groups in ${name} name peers that EC2 can't be told; GET /api/V2/ec2/plan lists them`;
    alarms.show(refusedAlarm(name), refused === 0 ? undefined : says);
  }
}

const REGION_ALARM = 'ec2.region';
const REFUSED_ALARM = 'ec2.refused';

function troubleAlarm(region: string): string {
  return `${REGION_ALARM}:${region}`;
}

function refusedAlarm(region: string): string {
  return `${REFUSED_ALARM}:${region}`;
}

function describeFaults(region: string, faults: readonly string[]): string {
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return `security groups in ${region} are not as wanted: ${faults[0]}${more}`;
}

function asEc2Error(error: unknown): Ec2Error {
  if (error instanceof Ec2Error) return error;
  return new Ec2Error('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
}
