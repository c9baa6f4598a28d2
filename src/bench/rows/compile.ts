import { createHash } from 'node:crypto';
import type * as FinishFile from '../../firewall/finish.js';
import type * as BookFile from '../../firewall/policy/compile-book.js';
import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type * as EnvelopeFile from '../../wire/messages/envelope.js';
import type * as RulesetFile from '../../wire/messages/ruleset.js';
import type * as WorldFile from '../../world/world.js';
import type { Bench, Stage } from '../bench.js';
import { byTurns } from '../by-turns.js';
import { cpuMs } from '../cpu.js';
import { fleetPolicy, ID, rulesetOf, withComment } from '../policy/fleet-policy.js';
import type { Row } from '../row.js';

type Compiled = CompiledGroup & { readonly ok: true };

const ROUNDS = 5;
const EDITS = 100;

/** What is measured, from the build that is. */
async function parts({ dist }: Stage) {
  const finish = (await import(`${dist}firewall/finish.js`)) as typeof FinishFile;
  const book = (await import(`${dist}firewall/policy/compile-book.js`)) as typeof BookFile;
  const world = (await import(`${dist}world/world.js`)) as typeof WorldFile;
  const ruleset = (await import(`${dist}wire/messages/ruleset.js`)) as typeof RulesetFile;
  const envelope = (await import(`${dist}wire/messages/envelope.js`)) as typeof EnvelopeFile;
  return { ...finish, ...book, ...world, ...ruleset, ...envelope };
}
type Parts = Awaited<ReturnType<typeof parts>>;

/** Milliseconds of processor time, garbage collection and all. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return cpuMs(before);
}

function fleetOf({ World, WORLD_TABLES, CompileBook }: Parts, groups: number) {
  const world = new World({ generateUnset: false });
  // As a store gives documents: texts that were put together here take twice as long to look up when first used.
  const rows = JSON.parse(JSON.stringify(fleetPolicy({ groups }))) as Partial<Record<string, Iterable<never>>>;
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return { world, book: new CompileBook(world.policy, { dialect: 'dog2', generateUnset: false }) };
}

function compileOne({ finish }: Parts, { book }: ReturnType<typeof fleetOf>, group: number): Compiled {
  const compiled = finish(book.compile(ID.group(group)));
  if (!compiled.ok) throw new Error(`group${group}: ${compiled.error.message}`);
  return compiled;
}

/** Every group once, from documents that nobody has seen; the floor joins the same lines and hashes the same bytes. */
async function allGroups(stage: Stage, from: Parts): Promise<Row> {
  const groups = stage.scaled(1000);
  const all = (fleet: ReturnType<typeof fleetOf>): readonly Compiled[] =>
    Array.from({ length: groups }, (_, group) => compileOne(from, fleet, group));
  const lines = all(fleetOf(from, groups)).flatMap(({ set4, set6 }) => [set4.text.split('\n'), set6.text.split('\n')]);
  const samples = await byTurns(ROUNDS, {
    work: () => {
      const fleet = fleetOf(from, groups);
      return processorTime(() => all(fleet));
    },
    floor: () =>
      processorTime(() => {
        for (const text of lines) createHash('sha256').update(text.join('\n'), 'utf8').digest('hex');
      }),
  });
  return {
    name: 'compile 1,000 groups of 50 rules, IPv4 and IPv6, all different',
    unit: 'ms',
    work: samples.work,
    floor: { what: 'joining the same lines and hashing the same bytes', samples: samples.floor },
    bound: { of: 'ratio', at: 'most', limit: 5 },
  };
}

/** One rule of one group changed, again and again: taken in, compiled, encoded. A sample is the mean of some edits. */
function oneRule(stage: Stage, from: Parts, amount: number): Row {
  const groups = stage.scaled(amount);
  const fleet = fleetOf(from, groups);
  for (let group = 0; group < groups; group += 1) compileOne(from, fleet, group);
  const stamp = from.stampAt(new Date());
  const edit = (after: ReturnType<typeof rulesetOf>, group: number): void => {
    fleet.world.apply('ruleset', [{ id: after.id, after }]);
    const { set4, set6, unset4, unset6 } = compileOne(from, fleet, group);
    const texts = { ruleset4_ipset: set4.text, ruleset6_ipset: set6.text };
    from.encodeRuleset({ ...texts, ruleset4_iptables: unset4.text, ruleset6_iptables: unset6.text }, stamp);
  };
  const work = Array.from({ length: ROUNDS }, (_, round) => {
    const edits = Array.from({ length: EDITS }, (__, at) => {
      const group = ((round * EDITS + at) * 37) % groups;
      return { group, after: structuredClone(withComment(rulesetOf(group, groups), `edit ${round} ${at}`)) };
    });
    return processorTime(() => edits.forEach(({ after, group }) => edit(after, group))) / EDITS;
  });
  return {
    name: `one rule changed among ${amount.toLocaleString('en')} groups: taken in, compiled, encoded`,
    unit: 'ms',
    work: work.slice(1),
    bound: { of: 'value', at: 'most', limit: 0.3 },
    growth: { line: 'one rule changed', of: 'groups', amount: groups },
  };
}

/** The compiler, by itself and behind an edit. */
export const COMPILE: Bench = {
  name: 'compile',
  title: 'Compiling',
  async run(stage) {
    const from = await parts(stage);
    stage.say('compiling all groups');
    const rows: Row[] = [await allGroups(stage, from)];
    for (const amount of [100, 1000, 10_000]) {
      stage.say(`one rule changed among ${amount} groups`);
      rows.push(oneRule(stage, from, amount));
    }
    return rows;
  },
};
