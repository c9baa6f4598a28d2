import { groupHosts } from '../../actors/rollouts/group-hosts.js';
import { judgeHosts } from '../../actors/rollouts/judge-hosts.js';
import type { RolloutWatch } from '../../actors/rollouts/rollout-book.js';
import { byVariant } from '../../model/ruleset-variants.js';
import { packRulesetSync } from '../../model/stored-ruleset.js';
import type { Bench } from '../bench.js';
import { cpuMs } from '../cpu.js';
import { fleetPolicy, hostKey, ID } from '../policy/fleet-policy.js';
import { listOf } from '../policy/list-of.js';
import { policyWorld } from '../policy/policy-world.js';
import type { Row } from '../row.js';

const ROUNDS = 15;
const HOLD_MS = 50;
const MEASURE = { proofs: 3, deadlineSeconds: 300, tolerated: 0 };

/** What a rollout's actor does once a second, for a group as large as the issue of a change can be (docs/rollout.md). */
export const ROLLOUT: Bench = {
  name: 'rollout',
  title: 'A rollout to a group of 10,000 hosts: one look a second (processor time)',
  ownBuild: true,
  run(stage) {
    const count = stage.scaled(10_000);
    const world = policyWorld(fleetPolicy({ groups: 1, hosts: count }));
    const ruleset = packRulesetSync(
      byVariant('key', () => ({ text: '', hash: 'a hash' })),
      [],
    );
    const watch: RolloutWatch = { progress: new Map(), exempt: new Map(), reconnects: new Map() };
    const hosts = listOf(count, hostKey);
    const judged = {
      groupName: 'group0',
      ruleset,
      hosts,
      measure: MEASURE,
      checkV6: true,
      mustReconnect: () => false,
    };
    const chosen = {
      groupId: ID.group(0),
      groupName: 'group0',
      base: ruleset,
      candidate: ruleset,
      taken: new Set<string>(),
      heardSince: 0,
      checkV6: true,
    };
    return Promise.resolve([
      row('all of its hosts judged', (round) => judgeHosts(world, watch, judged, 1000 + round)),
      row('who may be next', () => groupHosts(world, chosen)),
    ]);
  },
};

function row(name: string, work: (round: number) => unknown): Row {
  const samples = listOf(ROUNDS, (round) => {
    const since = process.cpuUsage();
    work(round);
    return cpuMs(since);
  });
  return { name, unit: 'ms', work: samples, bound: { of: 'value', at: 'most', limit: HOLD_MS } };
}
