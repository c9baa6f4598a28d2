import { finish } from '../../firewall/finish.js';
import { CompileBook } from '../../firewall/policy/compile-book.js';
import type { Document, JsonObject } from '../../model/document.js';
import { Court } from '../../plan/assertions/court.js';
import type { TableChange } from '../../plan/overlay-policy.js';
import { SetLook } from '../../plan/set-look.js';
import { wouldShip, type WouldShipNeeds } from '../../plan/would-ship.js';
import type { World, WorldTableName } from '../../world/world.js';
import type { Bench } from '../bench.js';
import { cpuMs, stepped } from '../cpu.js';
import { fleetPolicy, ID } from '../policy/fleet-policy.js';
import { listOf } from '../policy/list-of.js';
import { policyWorld } from '../policy/policy-world.js';
import { percentile, type Row } from '../row.js';

const [ROUNDS, MOVES] = [40, 3];
const HOLD_MS = 50;

/** A plan with what opens and closes, assertions and a guard; the floor is compiling that group before and after. */
export const PLAN: Bench = {
  name: 'plan',
  title: 'Plans: 1,000 groups of 50 rules, 10,000 hosts, a zone of 50,000 addresses per family (processor time)',
  ownBuild: true,
  run(stage) {
    const groups = stage.scaled(1000);
    const world = policyWorld(fleetPolicy({ groups, hosts: stage.scaled(10_000), addresses: stage.scaled(100_000) }));
    const needs = needsOf(world);
    const plans = new Plans(world, needs, groups);
    // The zone is read once after a start.
    const first = plans.run(plans.edit(0), 'planned');
    const floor = {
      what: 'compiling that group twice',
      samples: listOf(ROUNDS, (n) => compiledTwice(world, (n * 7 + 1) % groups)),
    };
    const rows = [
      planRows(
        'a plan of one rule',
        listOf(ROUNDS, (n) => plans.run(plans.edit(n * 7 + 1), 'planned')),
        floor,
      ),
      planRows(
        'a plan of one rule, each after an edit',
        listOf(ROUNDS, (n) => plans.make(plans.edit(n * 7 + 2), 'planned')),
        floor,
      ),
      planRows(
        'the check of a write of one rule',
        listOf(ROUNDS, (n) => plans.make(plans.edit(n * 7 + 3), 'written')),
        floor,
      ),
      planRows(
        'a plan of an address of the zone',
        listOf(MOVES, (n) => plans.make(plans.address(n), 'planned')),
      ),
      planRows(
        'a plan of a host that moves',
        listOf(MOVES, (n) => plans.make(plans.move(n), 'planned')),
      ),
    ].flat();
    return Promise.resolve([...planRows('the first plan after a start', [first]), ...rows]);
  },
};

interface Took {
  readonly took: number;
  readonly hold: number;
}

function planRows(name: string, all: readonly Took[], floor?: Row['floor']): Row[] {
  const work = all.map(({ took }) => took);
  const holds = all.map(({ hold }) => hold);
  return [
    { name, unit: 'ms', work, ...(floor && { floor }) },
    {
      name: `${name}: longest step`,
      unit: 'ms',
      work: [percentile(holds, 100)],
      bound: { of: 'value', at: 'most', limit: HOLD_MS },
    },
  ];
}

const OPTIONS = { dialect: 'dog2', generateUnset: false } as const;

function needsOf(world: World): WouldShipNeeds {
  return {
    ...OPTIONS,
    ipsetScope: 'all',
    world,
    compiles: new CompileBook(world.policy, OPTIONS),
    contents: () => new Map(),
    look: new SetLook('dog2'),
    court: new Court('dog2'),
  };
}

function compiledTwice(world: World, group: number): number {
  const since = process.cpuUsage();
  for (let i = 0; i < 2; i += 1) finish(new CompileBook(world.policy, OPTIONS).compile(ID.group(group)));
  return cpuMs(since);
}

/** Changes that are planned, and made. */
class Plans {
  readonly #world: World;
  readonly #needs: WouldShipNeeds;
  readonly #groups: number;
  readonly #judged;

  constructor(world: World, needs: WouldShipNeeds, groups: number) {
    this.#world = world;
    this.#needs = needs;
    this.#groups = groups;
    this.#judged = {
      assertions: listOf(20, (n) => ({
        id: `a${n}`,
        name: `a${n}`,
        from: 'zone:zone0',
        to: `group:group${(n * 7 + 1) % groups}`,
        protocol: 'tcp',
        port: 1003,
        expect: 'accept',
        mode: 'enforce',
      })),
      guards: [
        { id: 'broker', name: 'broker', kind: 'broker', end: '192.0.2.9', way: 'from hosts', protocol: 6, port: 5672 },
      ],
    } as const;
  }

  /** What a plan of it takes. `written`: what a write of it is checked for. */
  run(changes: readonly TableChange[], how: 'planned' | 'written'): Took {
    const wanted =
      how === 'planned'
        ? { effects: true, judged: { ...this.#judged, which: 'touched' as const } }
        : { effects: false, judged: { ...this.#judged, which: 'turned' as const } };
    const { took, hold, result } = stepped(wouldShip(this.#needs, changes, wanted));
    if (result.groups.length + result.sets.length === 0) throw new Error('the change changes nothing');
    return { took, hold };
  }

  /** As `run`; then it is made, so that the next plan is of other policy. */
  make(changes: readonly TableChange[], how: 'planned' | 'written'): Took {
    const took = this.run(changes, how);
    for (const { table, change } of changes) this.#world.apply(table as WorldTableName, [change]);
    return took;
  }

  edit(n: number): TableChange[] {
    return this.#changed('ruleset', ID.ruleset(n % this.#groups), ({ rules }) => {
      const { inbound, outbound } = rules as { inbound: JsonObject[]; outbound: JsonObject[] };
      const [first = {}, second = {}, ...rest] = inbound;
      const action = second.action === 'DROP' ? 'ACCEPT' : 'DROP';
      return { rules: { inbound: [first, { ...second, action }, ...rest], outbound } };
    });
  }

  address(n: number): TableChange[] {
    return this.#changed('zone', ID.zone(0), ({ ipv4_addresses, ipv6_addresses }) => ({
      ipv4_addresses: [...(ipv4_addresses as string[]), `192.0.2.${n}`],
      ipv6_addresses: [...(ipv6_addresses as string[]), `2001:db8:1::${n}`],
    }));
  }

  move(n: number): TableChange[] {
    return this.#changed('host', ID.host(n * 3), ({ group }) => ({
      group: `group${(Number((group as string).slice('group'.length)) + 1) % this.#groups}`,
    }));
  }

  #changed(table: WorldTableName, id: string, change: (before: Document) => JsonObject): TableChange[] {
    const before = this.#world.rows(table).get(id);
    if (before === undefined) throw new Error(`there is no ${table} ${id}`);
    return [{ table, change: { id, before, after: { ...before, ...change(before) } } }];
  }
}
