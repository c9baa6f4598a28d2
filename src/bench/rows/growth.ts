import type { Bench, Stage } from '../bench.js';
import { byTurns } from '../by-turns.js';
import { addressesToMessage } from '../growth/addresses-to-message.js';
import { compileAll } from '../growth/compile-all.js';
import { memoryAfterRestart } from '../growth/memory-after-restart.js';
import { storeReports } from '../growth/store-reports.js';
import type { Row } from '../row.js';

const ROUNDS = 3;
/** Ten times as much may take a little more than ten times as long. */
const MOST_TIMES = 10.5;
const MOST_MB = 600;

interface Subject {
  /** Also the name of its plot. */
  readonly line: string;
  readonly of: string;
  /** The smaller of both amounts; the other is ten times it. */
  readonly amount: number;
  /** Milliseconds of processor time for so many. */
  readonly cost: (stage: Stage, amount: number) => Promise<number>;
}

const SUBJECTS: readonly Subject[] = [
  { line: 'all groups compiled', of: 'groups', amount: 1000, cost: compileAll },
  { line: 'a report of each host stored', of: 'hosts', amount: 1000, cost: storeReports },
  { line: 'a zone to its message', of: 'addresses', amount: 20_000, cost: addressesToMessage },
];

/** What ten times as many groups, hosts or addresses cost, and the memory of a server that holds them. */
export const GROWTH: Bench = {
  name: 'growth',
  title: 'Ten times as much',
  ownBuild: true,
  async run(stage) {
    const rows: Row[] = [];
    for (const subject of SUBJECTS) rows.push(...(await grown(stage, subject)));
    return [...rows, ...(await memoryRows(stage))];
  },
};

async function grown(stage: Stage, { line, of, amount, cost }: Subject): Promise<Row[]> {
  stage.say(line);
  const [few, many] = [stage.scaled(amount), stage.scaled(amount * 10)];
  // The smaller amount three times in a round: what is over soon is measured less surely.
  const { large, ...smaller } = await byTurns(stage.scaled(ROUNDS), {
    before: () => cost(stage, few),
    large: () => cost(stage, many),
    after: () => cost(stage, few),
    once: () => cost(stage, few),
  });
  const small = Object.values(smaller).flat();
  const named = (count: number) => `${line}: ${count.toLocaleString('en')} ${of}`;
  return [
    { name: named(amount), unit: 'ms', work: small, growth: { line, of, amount: few } },
    {
      name: named(amount * 10),
      unit: 'ms',
      work: large,
      floor: { what: 'a tenth of them', samples: small },
      bound: { of: 'ratio', at: 'most', limit: MOST_TIMES },
      growth: { line, of, amount: many },
    },
  ];
}

async function memoryRows(stage: Stage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [
    { groups: 10_000, hosts: 10_000, addresses: 100_000 },
    { groups: 1000, hosts: 100_000, addresses: 100_000 },
  ]) {
    const { groups, hosts } = size;
    const name = `memory after a restart with ${groups.toLocaleString('en')} groups and ${hosts.toLocaleString('en')} hosts`;
    stage.say(name);
    rows.push({
      name,
      unit: 'MB',
      work: [await memoryAfterRestart(stage, size)],
      bound: { of: 'value', at: 'most', limit: MOST_MB },
    });
  }
  return rows;
}
