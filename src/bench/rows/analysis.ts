import { decidePacket } from '../../analysis/decide-packet.js';
import { connectionCases, reachRows, resolveEnd } from '../../analysis/index.js';
import { CompileBook } from '../../firewall/policy/compile-book.js';
import { wantedSets } from '../../firewall/policy/wanted-sets.js';
import { buildSet } from '../../firewall/sets/build-set.js';
import { readSetName, setName } from '../../firewall/sets/set-name.js';
import { fleetQuestions, type FleetQuestions } from '../../plan/fleet-questions.js';
import { compiledTexts } from '../../plan/fleet-texts.js';
import { listedSet } from '../../plan/listed-set.js';
import { policyAnalysis } from '../../plan/policy-findings.js';
import type { World } from '../../world/world.js';
import type { Bench, Stage } from '../bench.js';
import { cpuMs, watched, type Watched } from '../cpu.js';
import { dotted } from '../policy/dotted.js';
import { fleetPolicy } from '../policy/fleet-policy.js';
import { listOf } from '../policy/list-of.js';
import { policyWorld } from '../policy/policy-world.js';
import type { Row } from '../row.js';

const ROUNDS = 5;
/** In milliseconds, for the sizes below: of processor time; of `hold` as `LongestHold` tells it. */
const LIMITS = { packets: 1000, rules: 5000, hold: 50, request: 30_000 };

/** Questions about what hosts let through (docs/analysis.md). */
export const ANALYSIS: Bench = {
  name: 'analysis',
  title: 'Analysis: 1,000 groups of 50 rules, 10,000 hosts, a zone of 50,000 addresses per family (processor time)',
  ownBuild: true,
  async run(stage) {
    const hosts = stage.scaled(10_000);
    const world = policyWorld(fleetPolicy({ groups: stage.scaled(1000), hosts, addresses: stage.scaled(100_000) }));
    const cold = questionsOf(world);
    // Everything once with nothing known (hosts, sets and texts unread), again with what was kept.
    const first = await watched(() => cold.ask(policyAnalysis, { kind: 'long' }));
    const again = await watched(() => cold.ask(policyAnalysis, { kind: 'long' }));
    const asked = questionsOf(world);
    const reached = await watched(() => reachOneHost(asked));
    const explained = await watched(() => explainPairs(asked, stage.scaled(200), hosts));
    return [
      await packetsRow(asked, stage),
      ...rowsOf('rules that never decide, all groups', first, LIMITS.rules),
      ...rowsOf('the same again', again, LIMITS.rules),
      ...rowsOf('who reaches one host on a port', reached, LIMITS.request),
      ...rowsOf('200 connections between two hosts', explained, LIMITS.request),
    ];
  },
};

function rowsOf(name: string, { took, hold }: Watched, limit: number): Row[] {
  return [
    { name, unit: 'ms', work: [took], bound: { of: 'value', at: 'most', limit } },
    {
      name: `${name}: longest hold of the loop`,
      unit: 'ms',
      work: [hold],
      bound: { of: 'value', at: 'most', limit: LIMITS.hold },
    },
  ];
}

function questionsOf(world: World): FleetQuestions {
  const compiles = new CompileBook(world.policy, { dialect: 'dog2', generateUnset: false });
  const contents = new Map<string, readonly string[]>();
  for (const wanted of wantedSets(world.policy, 'dog2').wanted) {
    const { rendered } = buildSet(wanted, 'dog2');
    if (rendered !== undefined) contents.set(setName(wanted.base, wanted.kind, wanted.family), rendered.addresses);
  }
  return fleetQuestions({
    world,
    dialect: 'dog2',
    text: compiledTexts(compiles),
    sets: () => contents,
    setProblems: () => [],
    hostsAhead: () => undefined,
    *set(name) {
      const addresses = contents.get(name);
      const read = readSetName(name);
      return addresses === undefined || read === undefined ? undefined : yield* listedSet(read.family, addresses);
    },
  });
}

async function packetsRow(questions: FleetQuestions, stage: Stage): Promise<Row> {
  const filter = await questions.ask(({ fleet }) => fleet.filter('group1', 'v4'), { kind: 'short' });
  if (filter === null) throw new Error('group1 has no ruleset');
  const packets = listOf(stage.scaled(100_000), (n) => ({
    family: 'v4' as const,
    chain: n % 2 === 0 ? ('INPUT' as const) : ('OUTPUT' as const),
    interface: 'eth0',
    src: dotted(n % 3 === 0 ? 11 : 12, n * 3),
    dst: dotted(12, n + 7),
    protocol: n % 4 === 3 ? 17 : 6,
    sport: 40_000,
    dport: 20 + (n % 220),
    state: n % 5 === 0 ? ('ESTABLISHED' as const) : ('NEW' as const),
  }));
  const work = listOf(ROUNDS, () => {
    const start = process.cpuUsage();
    for (const packet of packets) decidePacket(filter, packet);
    return cpuMs(start);
  });
  return {
    name: '100,000 single packets explained',
    unit: 'ms',
    work,
    bound: { of: 'value', at: 'most', limit: LIMITS.packets },
  };
}

function reachOneHost(questions: FleetQuestions): Promise<unknown> {
  return questions.ask(
    function* ({ fleet, words }) {
      const to = yield* resolveEnd('host:host1', 'to', fleet);
      const query = { protocol: 6, port: 22, family: 'v4' as const };
      const cases = yield* connectionCases(yield* resolveEnd('any', 'from', fleet), to, query, fleet);
      return yield* reachRows(cases, 'to', to, words);
    },
    { kind: 'long' },
  );
}

async function explainPairs(questions: FleetQuestions, pairs: number, hosts: number): Promise<void> {
  for (let n = 0; n < pairs; n += 1)
    await questions.ask(
      function* ({ fleet }) {
        const from = yield* resolveEnd(`host:host${n % hosts}`, 'from', fleet);
        const to = yield* resolveEnd(`host:host${(n * 7 + 1) % hosts}`, 'to', fleet);
        return yield* connectionCases(from, to, { protocol: 6, port: 22, family: 'v4' }, fleet);
      },
      { kind: 'short' },
    );
}
