import { monitorEventLoopDelay } from 'node:perf_hooks';
import { decidePacket } from '../../dist/analysis/decide-packet.js';
import { CompileBook } from '../../dist/firewall/policy/compile-book.js';
import { wantedSets } from '../../dist/firewall/policy/wanted-sets.js';
import { buildSet } from '../../dist/firewall/sets/build-set.js';
import { readSetName, setName } from '../../dist/firewall/sets/set-name.js';
import { connectionCases, reachRows, resolveEnd } from '../../dist/analysis/index.js';
import { compiledTexts } from '../../dist/plan/fleet-texts.js';
import { fleetQuestions } from '../../dist/plan/fleet-questions.js';
import { policyAnalysis } from '../../dist/plan/policy-findings.js';
import { listedSet } from '../../dist/plan/policy-fleet.js';
import { World, WORLD_TABLES } from '../../dist/world/world.js';
import { scaled } from './scaled.mjs';

export const title =
  'Analysis: 1,000 groups of 50 rules, 10,000 hosts, a zone of 50,000 addresses per family (floor: the limit that is set for it)';

const GROUPS = scaled(1000);
const HOSTS = scaled(10_000);
const ADDRESSES = scaled(50_000);
const PACKETS = scaled(100_000);
const RULES = 50;
const ROUNDS = 5;
/** Milliseconds. */
const LIMITS = { packets: 1000, rules: 5000, hold: 50, request: 30_000 };

const dotted = (first, n) => `${first}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
const list = (count, make) => Array.from({ length: count }, (_, n) => make(n));

/** Like those of a real fleet: most ask for a zone or group, some for everybody, some drop, a few are idle. */
const rule = (group, n) => ({
  action: n % 7 === 0 ? 'DROP' : 'ACCEPT',
  active: n % 10 !== 0,
  comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][n % 4],
  environments: [],
  ...(n % 5 === 0
    ? { group: 'any', group_type: 'ANY' }
    : n % 3 === 0
      ? { group: `z${(group + n) % 100}`, group_type: 'ZONE' }
      : { group: `g${(group * 31 + n) % GROUPS}`, group_type: 'ROLE' }),
  interface: n % 11 === 0 ? 'eth0' : '',
  log: false,
  log_prefix: '',
  order: n,
  service: `s${(group + n * 7) % 200}`,
  states: n % 2 === 0 ? [] : ['NEW'],
  type: 'BASIC',
});

function filledWorld() {
  const world = new World({ generateUnset: false });
  const rows = {
    group: list(GROUPS, (n) => ({ id: `g${n}`, name: `group${n}`, profile_id: `p${n}` })),
    profile: list(GROUPS, (n) => ({ id: `p${n}`, name: `profile${n}` })),
    ruleset: list(GROUPS, (n) => {
      const rules = list(RULES, (i) => rule(n, i));
      return {
        id: `r${n}`,
        name: `r${n}`,
        profile_id: `p${n}`,
        rules: { inbound: rules.slice(0, 35), outbound: rules.slice(35) },
      };
    }),
    service: list(200, (n) => ({
      id: `s${n}`,
      name: `service${n}`,
      services: [
        {
          protocol: n % 4 === 3 ? 'udp' : 'tcp',
          ports: n % 3 === 0 ? [`${n + 20}`, `${8000 + n}:${8100 + n}`] : [`${n + 20}`],
        },
      ],
    })),
    zone: list(100, (n) => ({
      id: `z${n}`,
      name: `zone${n}`,
      ipv4_addresses: n === 0 ? list(ADDRESSES, (i) => dotted(11, i * 3)) : [`10.${n}.0.0/16`, dotted(172, n * 70_000)],
      ipv6_addresses:
        n === 0
          ? list(ADDRESSES, (i) => `2001:db8:${(i >> 12).toString(16)}:${(i & 4095).toString(16)}::1`)
          : [`2001:db8:f${n}::/48`],
    })),
    host: list(HOSTS, (n) => ({
      id: `h${n}`,
      hostkey: `key${n}`,
      name: `host${n}`,
      group: `group${n % GROUPS}`,
      active: 'active',
      interfaces: JSON.stringify({ eth0: [dotted(12, n + 7)], eth1: [`2001:db8:aaaa::${(n + 1).toString(16)}`] }),
    })),
  };
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}

function questionsOf(world) {
  const compiles = new CompileBook(world.policy, { dialect: 'dog2', generateUnset: false });
  const contents = new Map();
  for (const wanted of wantedSets(world.policy, 'dog2').wanted) {
    const { rendered } = buildSet(wanted, 'dog2');
    if (rendered !== undefined) contents.set(setName(wanted.base, wanted.kind, wanted.family), rendered.addresses);
  }
  return fleetQuestions({
    world,
    dialect: 'dog2',
    text: compiledTexts(compiles),
    setProblems: () => [],
    *set(name) {
      const addresses = contents.get(name);
      return addresses === undefined ? undefined : yield* listedSet(readSetName(name).family, addresses);
    },
  });
}

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const row = (name, median_ms, floor_ms) => ({ name, median_ms, floor_ms, ratio: median_ms / floor_ms });

/** What CPU a piece of work takes, and the longest time in which nothing else had a turn. */
async function watched(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.enable();
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { took, hold: delay.max / 1e6 };
}

async function packetsRow(questions) {
  const filter = await questions.ask(({ fleet }) => fleet.filter('group1', 'v4'), { kind: 'short' });
  const packets = list(PACKETS, (n) => ({
    family: 'v4',
    chain: n % 2 === 0 ? 'INPUT' : 'OUTPUT',
    interface: 'eth0',
    src: dotted(n % 3 === 0 ? 11 : 12, n * 3),
    dst: dotted(12, n + 7),
    protocol: n % 4 === 3 ? 17 : 6,
    sport: 40_000,
    dport: 20 + (n % 220),
    state: n % 5 === 0 ? 'ESTABLISHED' : 'NEW',
  }));
  const times = list(ROUNDS, () => {
    const start = performance.now();
    for (const packet of packets) decidePacket(filter, packet);
    return performance.now() - start;
  });
  return row(`${PACKETS} single packets explained`, median(times), (LIMITS.packets * PACKETS) / 100_000);
}

const reach = (end) =>
  function* ({ fleet, words }) {
    const to = yield* resolveEnd(end, 'to', fleet);
    const query = { protocol: 6, port: 22, family: 'v4' };
    const cases = yield* connectionCases(yield* resolveEnd('any', 'from', fleet), to, query, fleet);
    return yield* reachRows(cases, 'to', to, words);
  };

/** Everything once with nothing known (hosts, sets and texts unread), again with what was kept. */
export async function run() {
  const world = filledWorld();
  const cold = questionsOf(world);
  const first = await watched(() => cold.ask(policyAnalysis, { kind: 'long' }));
  const again = await watched(() => cold.ask(policyAnalysis, { kind: 'long' }));
  const asked = questionsOf(world);
  const reached = await watched(() => asked.ask(reach('host:host1'), { kind: 'long' }));
  const pairs = list(scaled(200), (n) => n);
  const explained = await watched(async () => {
    for (const n of pairs)
      await asked.ask(
        function* ({ fleet }) {
          const from = yield* resolveEnd(`host:host${n % HOSTS}`, 'from', fleet);
          const to = yield* resolveEnd(`host:host${(n * 7 + 1) % HOSTS}`, 'to', fleet);
          return yield* connectionCases(from, to, { protocol: 6, port: 22, family: 'v4' }, fleet);
        },
        { kind: 'short' },
      );
  });
  return [
    await packetsRow(asked),
    row('rules that never decide, all groups', first.took, LIMITS.rules),
    row('  longest hold of the loop', first.hold, LIMITS.hold),
    row('the same again', again.took, LIMITS.rules),
    row('  longest hold of the loop', again.hold, LIMITS.hold),
    row('who reaches one host on a port', reached.took, LIMITS.request),
    row('  longest hold of the loop', reached.hold, LIMITS.hold),
    row(`${pairs.length} connections between two hosts`, explained.took, LIMITS.request),
    row('  longest hold of the loop', explained.hold, LIMITS.hold),
  ];
}
