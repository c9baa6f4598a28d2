import { describe, expect, it } from 'vitest';
import { SecurityGroups } from '../../../src/actors/ec2/security-groups.js';
import type { Ec2Report } from '../../../src/actors/ec2/security-groups-messages.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import { Ec2Error, type Ec2Change, type Ec2Cloud } from '../../../src/ec2/ec2-cloud.js';
import { gather, ruleKey, spread, type Ec2Rule } from '../../../src/ec2/ec2-rule.js';
import { finish } from '../../../src/firewall/finish.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { call, cast } from '../../../src/otp/index.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { smallStore, smallWorld } from '../../support/actors/small-world.js';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const RULE = { action: 'ACCEPT', active: true, group_type: 'ANY', group: 'any', service: 'any' };
const OLD: Ec2Rule = { protocol: 'tcp', fromPort: 23, toPort: 23, peer: { cidr: '10.0.0.0/8' } };

/** EC2 in memory: a security group per region, each with one rule that nobody wants. */
function memoryCloud() {
  const rules = new Map([EAST, WEST].map((region) => [region, [OLD]]));
  const asked: string[] = [];
  const faults = new Map<string, Ec2Error>();
  const begin = (verb: string, region: string): void => {
    asked.push(`${verb} ${region}`);
    const fault = faults.get(`${verb} ${region}`) ?? faults.get(region);
    if (fault !== undefined) throw fault;
  };
  const cloud: Ec2Cloud = {
    describe: async (region) => {
      begin('describe', region);
      const group = { sgid: `sg-${region}`, outsideVpc: false, outbound: [] };
      return Promise.resolve(new Map([[group.sgid, { ...group, inbound: gather(rules.get(region) ?? []) }]]));
    },
    authorize: async ({ region, permissions }: Ec2Change) => {
      begin('authorize', region);
      rules.get(region)?.push(...spread(permissions));
      return Promise.resolve();
    },
    revoke: async ({ region, permissions }: Ec2Change) => {
      begin('revoke', region);
      const gone = new Set(spread(permissions).map(ruleKey));
      rules.set(
        region,
        (rules.get(region) ?? []).filter((rule) => !gone.has(ruleKey(rule))),
      );
      return Promise.resolve();
    },
    close: () => undefined,
  };
  const keys = (region: string): readonly string[] => (rules.get(region) ?? []).map(ruleKey).sort();
  return { cloud, rules, asked, faults, keys };
}

/** What a region's security group has when all is done. */
function wanted(region: string): readonly string[] {
  return ['-1 0 0 0.0.0.0/0', `-1 0 0 sg-${region}`];
}

async function stage(mode: 'off' | 'plan' | 'apply' = 'apply') {
  const v = actorStage();
  const group = (region: string): Document => ({
    id: `g-${region}`,
    name: region,
    profile_id: 'p',
    ec2_security_group_ids: [{ region, sgid: `sg-${region}` }],
  });
  const world = smallWorld({
    group: [group(EAST), group(WEST)],
    profile: [{ id: 'p', name: 'p' }],
    ruleset: [{ id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [RULE], outbound: [] } }],
  });
  const aws = memoryCloud();
  const gate = { paused: false };
  const alarms = new AlarmBook(() => v.clock.now());
  const ec2 = { mode, interval_seconds: 300, quiet_seconds: 5, retry_min_seconds: 10, retry_max_seconds: 40 } as const;
  const pid = await v.start(
    new SecurityGroups({
      clock: v.clock,
      config: { ec2 },
      cloud: mode === 'off' ? undefined : aws.cloud,
      world,
      dialect: 'dog2',
      slices: { run: (work) => Promise.resolve(finish(work)) },
      gate,
      alarms,
      metrics: createMetrics(),
      log: v.log,
      random: () => 0,
    }),
  );
  const plan = async (): Promise<Ec2Report> => v.run(call(v.system, pid, { tag: 'plan' }, 1000));
  const changed = (): void => void cast(v.system, pid, { tag: 'changed' });
  return { v, pid, aws, gate, alarms, plan, changed, store: smallStore(world) };
}

describe('the actor of security groups', () => {
  it('gives every region what it lacks before it takes away what is too much', async () => {
    const s = await stage();
    await s.v.advance(1000);
    for (const region of [EAST, WEST]) {
      expect(s.aws.keys(region)).toEqual(wanted(region));
      expect(s.aws.asked.filter((one) => one.endsWith(region))).toEqual(
        ['describe', 'authorize', 'revoke'].map((verb) => `${verb} ${region}`),
      );
    }
    expect(shownBy(s.v, s.pid)).toEqual({ mode: 'apply', regions: 2, failing: '' });
  });

  it('looks again after a change of policy, not oldest first and not at once; else now and then', async () => {
    const s = await stage();
    await s.v.advance(1000);
    s.aws.asked.length = 0;
    s.store.put('ruleset', { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [], outbound: [] } });
    s.changed();
    s.changed();
    await s.v.advance(6000);
    expect(s.aws.keys(EAST)).toEqual([`-1 0 0 sg-${EAST}`]);
    expect(s.aws.asked.filter((one) => one === `describe ${EAST}`)).toHaveLength(1);
    s.aws.rules.get(EAST)?.push(OLD);
    await s.v.advance(299_000);
    expect(s.aws.keys(EAST)).toHaveLength(1);
  });

  it('that fails in one region does the work of the others, waits longer and longer there, and says so', async () => {
    const s = await stage();
    s.aws.faults.set(EAST, new Ec2Error('throttled', 'throttled in the east'));
    await s.v.advance(1000);
    expect(s.aws.keys(WEST)).toEqual(wanted(WEST));
    expect(s.alarms.list().map(({ id }) => id)).toEqual([`ec2.region:${EAST}`]);
    expect(s.v.warnings()).toEqual(['security groups are not as wanted']);
    const tries = (): number => s.aws.asked.filter((one) => one === `describe ${EAST}`).length;
    for (const [ms, count] of [
      [9000, 1],
      [1000, 2],
      [19_000, 2],
      [1000, 3],
      [40_000, 4],
      [39_000, 4],
      [1000, 5],
    ] as const) {
      await s.v.advance(ms);
      expect(tries()).toBe(count);
    }
    s.aws.faults.clear();
    await s.v.advance(40_000);
    expect(s.aws.keys(EAST)).toEqual(wanted(EAST));
    expect(s.alarms.list()).toEqual([]);
  });

  it('brings a change to the other regions while one waits after failures', async () => {
    const s = await stage();
    s.aws.faults.set(EAST, new Ec2Error('throttled', 'throttled in the east'));
    await s.v.advance(12_000);
    s.store.put('ruleset', { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [], outbound: [] } });
    s.changed();
    await s.v.advance(7000);
    expect(s.aws.keys(WEST)).toEqual([`-1 0 0 sg-${WEST}`]);
  });

  it('says which regions have rules that EC2 can not be told, until they have none', async () => {
    const s = await stage();
    const role = { ...RULE, group_type: 'ROLE', group: 'g-none' };
    s.store.put('group', { id: 'g-none', name: 'none' });
    s.store.put('ruleset', { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [role], outbound: [] } });
    await s.v.advance(1000);
    expect(s.alarms.list().map(({ id }) => id)).toEqual([`ec2.refused:${EAST}`, `ec2.refused:${WEST}`]);
    s.store.put('ruleset', { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [RULE], outbound: [] } });
    s.changed();
    await s.v.advance(7000);
    expect(s.alarms.list()).toEqual([]);
  });

  it('asks no server for a region of another form, since it becomes part of its name', async () => {
    const s = await stage();
    const ids = [{ region: 'evil.example/', sgid: 'sg-1' }];
    s.store.put('group', { id: 'g-x', name: 'x', profile_id: 'p', ec2_security_group_ids: ids });
    await s.v.advance(1000);
    expect(s.aws.asked.filter((one) => one.includes('evil'))).toEqual([]);
    expect(s.alarms.get('ec2.region:evil.example/')?.text).toContain('"evil.example/" is no region of EC2');
  });

  it('takes nothing away where it could not give what is lacking', async () => {
    const s = await stage();
    s.aws.faults.set(`authorize ${EAST}`, new Ec2Error('refused', 'too many rules'));
    await s.v.advance(1000);
    expect(s.aws.keys(EAST)).toEqual([ruleKey(OLD)]);
    expect(s.alarms.get(`ec2.region:${EAST}`)?.text).toContain('too many rules');
  });

  it('touches nothing while publishing is paused, nor when it only plans', async () => {
    const paused = await stage();
    paused.gate.paused = true;
    await paused.v.advance(10_000);
    expect(paused.aws.asked).toEqual([]);
    const s = await stage('plan');
    await s.v.advance(10_000);
    expect(s.aws.asked).toEqual([]);
    s.aws.faults.set(WEST, new Ec2Error('unavailable', 'the west is away'));
    const direction = { add: [], remove: [], refused: [] };
    expect(await s.plan()).toEqual({
      mode: 'plan',
      regions: [
        {
          region: EAST,
          groups: [
            {
              sgid: `sg-${EAST}`,
              groups: [EAST],
              outbound: direction,
              inbound: {
                add: [{ protocol: '-1', fromPort: 0, toPort: 0, groupIds: [`sg-${EAST}`], cidrs: ['0.0.0.0/0'] }],
                remove: gather([OLD]),
                refused: [],
              },
            },
          ],
        },
        { region: WEST, error: 'the west is away', groups: [] },
      ],
    });
    expect(s.aws.asked).toEqual([`describe ${EAST}`, `describe ${WEST}`]);
    expect(await (await stage('off')).plan()).toMatchObject({ mode: 'off', regions: [] });
  });
});
