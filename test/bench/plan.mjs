import { Court } from '../../dist/plan/assertions/court.js';
import { CompileBook } from '../../dist/firewall/policy/compile-book.js';
import { finish } from '../../dist/firewall/finish.js';
import { SetLook } from '../../dist/plan/set-look.js';
import { wouldShip } from '../../dist/plan/would-ship.js';
import { sha256InSteps } from '../../dist/firewall/hash/sha256.js';
import { SetBook } from '../../dist/world/set-book.js';
import { World, WORLD_TABLES } from '../../dist/world/world.js';
import { scaled } from './scaled.mjs';

export const title = 'Plans and sets: 1,000 groups of 50 rules, 10,000 hosts, a zone of 50,000 addresses per family';

const GROUPS = scaled(1000);
const HOSTS = scaled(10_000);
const ADDRESSES = scaled(50_000);
const RULES = 50;
const ROUNDS = 40;
const MOVES = 2;

const rule = (n, comment) => ({
  action: 'ACCEPT',
  active: true,
  comment,
  environments: [],
  group: 'office',
  group_type: 'ZONE',
  interface: '',
  log: false,
  log_prefix: '',
  order: n,
  service: `s${n % 20}`,
  states: [],
  type: 'BASIC',
});
const rulesOf = (comment) => ({ inbound: Array.from({ length: RULES }, (_, n) => rule(n, comment)), outbound: [] });

function filledWorld() {
  const world = new World({ generateUnset: false });
  const dotted = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const rows = {
    group: Array.from({ length: GROUPS }, (_, n) => ({ id: `g${n}`, name: `group${n}`, profile_id: `p${n}` })),
    profile: Array.from({ length: GROUPS }, (_, n) => ({ id: `p${n}`, name: `profile${n}` })),
    ruleset: Array.from({ length: GROUPS }, (_, n) => ({
      id: `r${n}`,
      name: `profile${n}`,
      profile_id: `p${n}`,
      rules: rulesOf(`of ${n}`),
    })),
    service: Array.from({ length: 20 }, (_, n) => ({
      id: `s${n}`,
      name: `service${n}`,
      version: 1,
      services: [{ protocol: 'tcp', ports: [`${1000 + n}`] }],
    })),
    zone: [
      {
        id: 'office',
        name: 'office',
        ipv4_addresses: Array.from({ length: ADDRESSES }, (_, n) => dotted(n * 3)),
        ipv6_addresses: Array.from({ length: ADDRESSES }, (_, n) => `2001:db8::${(n * 3).toString(16)}`).map((text) =>
          text.length > 14 ? `2001:db8::${text.slice(10, -4)}:${text.slice(-4)}` : text,
        ),
      },
    ],
    host: Array.from({ length: HOSTS }, (_, n) => ({
      id: `h${n}`,
      hostkey: `key${n}`,
      name: `host${n}`,
      group: `group${n % GROUPS}`,
      active: 'active',
      interfaces: `{"eth0":["${dotted(n + 7_000_000)}"]}`,
    })),
  };
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}

const rank = (times, part) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))];

const ASSERTIONS = Array.from({ length: 20 }, (_, n) => ({
  id: `a${n}`,
  name: `a${n}`,
  from: 'zone:office',
  to: `group:group${(n * 7 + 1) % GROUPS}`,
  protocol: 'tcp',
  port: 1003,
  expect: 'accept',
  mode: 'enforce',
}));
const GUARD = {
  id: 'broker',
  name: 'broker',
  kind: 'broker',
  end: '192.0.2.9',
  way: 'from hosts',
  protocol: 6,
  port: 5672,
};

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Runs work to its end; the longest that it goes on without a pause is added to `holds`, in milliseconds of CPU. */
function held(work, holds) {
  let longest = 0;
  for (;;) {
    const began = process.cpuUsage();
    const step = work.next();
    longest = Math.max(longest, cpuMs(began));
    if (step.done === true) {
      holds.push(longest);
      return step.value;
    }
  }
}

/** What the publisher of the sets does: first all of them, then with one host more, then with one address of the zone more. */
function setsOf(world) {
  const book = new SetBook(world.policy, 'dog2');
  const holds = [];
  const times = [];
  const work = function* () {
    const { text } = yield* book.renderInSteps();
    yield* sha256InSteps(text);
  };
  const publish = () => {
    const before = process.cpuUsage();
    held(work(), holds);
    times.push(cpuMs(before));
  };
  publish();
  world.apply('host', [
    { id: 'h1', after: { ...world.rows('host').get('h1'), interfaces: '{"eth0":["198.51.100.1"]}' } },
  ]);
  publish();
  const zone = world.rows('zone').get('office');
  const ipv4_addresses = [...zone.ipv4_addresses, '198.51.100.77'];
  world.apply('zone', [{ id: 'office', after: { ...zone, ipv4_addresses } }]);
  publish();
  return { times, longest: Math.max(...holds) };
}

/**
 * Milliseconds of CPU, with what opens and closes, assertions and a guard; the floor is compiling that group before and
 * after, and nothing else.
 */
export async function run() {
  const world = filledWorld();
  const options = { dialect: 'dog2', generateUnset: false, ipsetScope: 'all' };
  const compiles = new CompileBook(world.policy, options);
  const needs = {
    ...options,
    world,
    compiles,
    contents: () => new Map(),
    look: new SetLook('dog2'),
    court: new Court('dog2'),
  };
  const planned = { effects: true, judged: { assertions: ASSERTIONS, guards: [GUARD], which: 'touched' } };
  const written = { effects: false, judged: { assertions: ASSERTIONS, guards: [GUARD], which: 'turned' } };
  const edit = (n) => {
    const before = world.rows('ruleset').get(`r${n % GROUPS}`);
    const [first, ...rest] = before.rules.inbound;
    const action = first.action === 'DROP' ? 'ACCEPT' : 'DROP';
    const rules = { inbound: [{ ...first, action }, ...rest], outbound: [] };
    return [{ table: 'ruleset', change: { id: before.id, before, after: { ...before, rules } } }];
  };
  const first = [];
  const began = process.cpuUsage();
  // The zone is read once after a start.
  held(wouldShip(needs, edit(0), planned), first);
  const atFirst = cpuMs(began);
  const measure = (wanted, move, offset) => {
    const [times, holds] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const changes = edit(round * 7 + offset);
      const before = process.cpuUsage();
      const shipment = held(wouldShip(needs, changes, wanted), holds);
      times.push(cpuMs(before));
      if (shipment.groups.length !== 1) throw new Error('the edit changes one group');
      const effect = shipment.effects.get(shipment.groups[0].id);
      if (wanted.effects && effect.closes.length + effect.opens.length === 0) throw new Error('it has an effect');
      // What was planned is made: the next plan is of other policy.
      if (move) world.apply('ruleset', [{ id: changes[0].change.id, after: changes[0].change.after }]);
    }
    return { times, holds };
  };
  const still = measure(planned, false, 1);
  const moving = measure(planned, true, 2);
  const writes = measure(written, true, 3);
  // Addresses of the zone and of hosts that come and go.
  const moved = (table, next) => {
    const [times, holds] = [[], []];
    for (let round = 0; round < MOVES; round += 1) {
      const changes = next(round);
      const before = process.cpuUsage();
      const shipment = held(wouldShip(needs, changes, planned), holds);
      times.push(cpuMs(before));
      if (shipment.sets.length === 0) throw new Error('a set changes');
      world.apply(table, [{ id: changes[0].change.id, after: changes[0].change.after }]);
    }
    return { times, holds };
  };
  const zone = moved('zone', (round) => {
    const before = world.rows('zone').get('office');
    const ipv4_addresses = [...before.ipv4_addresses, `192.0.2.${round}`];
    const ipv6_addresses = [...before.ipv6_addresses, `2001:db8:1::${round}`];
    return [{ table: 'zone', change: { id: 'office', before, after: { ...before, ipv4_addresses, ipv6_addresses } } }];
  });
  const hosts = moved('host', (round) => {
    const before = world.rows('host').get(`h${round * 11}`);
    return [{ table: 'host', change: { id: before.id, before, after: { ...before, group: `group${round * 5 + 7}` } } }];
  });
  const zoneWrites = [];
  const zoneBefore = world.rows('zone').get('office');
  const zoneAfter = { ...zoneBefore, ipv4_addresses: zoneBefore.ipv4_addresses.slice(1) };
  const zoneChange = { table: 'zone', change: { id: 'office', before: zoneBefore, after: zoneAfter } };
  held(wouldShip(needs, [zoneChange], written), zoneWrites);
  const publisher = setsOf(world);
  const floors = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    for (let i = 0; i < 2; i += 1)
      finish(new CompileBook(world.policy, options).compile(`g${(round * 7 + 1) % GROUPS}`));
    floors.push(cpuMs(start));
  }
  const floor_ms = rank(floors, 0.5);
  const row = (name, median_ms) => ({ name, median_ms, floor_ms, ratio: median_ms / floor_ms });
  return [
    row('first plan after a start', atFirst),
    row('  its longest step', first[0]),
    row('p50 of a plan', rank(still.times, 0.5)),
    row('p99 of a plan', rank(still.times, 0.99)),
    row('  longest step', Math.max(...still.holds)),
    row('p50 of a plan, each after an edit', rank(moving.times, 0.5)),
    row('p99 of a plan, each after an edit', rank(moving.times, 0.99)),
    row('  longest step', Math.max(...moving.holds)),
    row('p50 of the check of a write', rank(writes.times, 0.5)),
    row('  longest step', Math.max(...writes.holds)),
    row('p50 of a plan of an address of the zone', rank(zone.times, 0.5)),
    row('  longest step', Math.max(...zone.holds)),
    row('p50 of a plan of a host that moves', rank(hosts.times, 0.5)),
    row('  longest step', Math.max(...hosts.holds)),
    row('check of a write of the zone, longest step', Math.max(...zoneWrites)),
    row('all sets made and hashed', publisher.times[0]),
    row('  with one host more', publisher.times[1]),
    row('  with one address of the zone more', publisher.times[2]),
    row('  longest step', publisher.longest),
  ];
}
