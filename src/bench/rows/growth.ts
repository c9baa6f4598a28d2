import type { Bench, Stage } from '../bench.js';
import { growthSample } from '../growth/growth-sample.js';
import type { GrowthSubject } from '../growth/growth-subjects.js';
import { memoryAfterRestart } from '../growth/memory-after-restart.js';
import type { Row } from '../row.js';

const ROUNDS = 3;
const TIMES = 10;
/** Ten times as much may take a little more than ten times as long. */
const MOST_TIMES = 10.5;
const MOST_MB = 600;

interface Measured {
  readonly line: GrowthSubject;
  readonly of: string;
  /** The smaller of both amounts; the other is ten times it. */
  readonly amount: number;
}

const SUBJECTS: readonly Measured[] = [
  { line: 'all groups compiled', of: 'groups', amount: 1000 },
  { line: 'a report of each host stored', of: 'hosts', amount: 1000 },
  { line: 'a zone to its message', of: 'addresses', amount: 20_000 },
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

/**
 * Each sample is taken in a process of its own that does the same amount of work: the larger amount at once, or a tenth
 * of it ten times. So both sides have the same share of code that V8 has yet to compile and of a heap that has yet to
 * grow, and what is left between them is whether ten times as much takes more than ten times as long.
 */
async function grown(stage: Stage, { line, of, amount }: Measured): Promise<Row[]> {
  stage.say(line);
  const [few, many] = [stage.scaled(amount), stage.scaled(amount * TIMES)];
  const { dist } = stage;
  const small: number[] = [];
  const large: number[] = [];
  for (let round = 0; round < stage.scaled(ROUNDS); round += 1) {
    const sides = [
      async () => small.push(await growthSample({ subject: line, dist, amount: few, times: TIMES })),
      async () => large.push(await growthSample({ subject: line, dist, amount: many, times: 1 })),
    ];
    for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
  }
  const named = (count: number) => `${line}: ${count.toLocaleString('en')} ${of}`;
  return [
    { name: named(amount), unit: 'ms', work: small, growth: { line, of, amount: few } },
    {
      name: named(amount * TIMES),
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
