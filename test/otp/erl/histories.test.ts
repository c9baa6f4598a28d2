import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as otp from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { noErlang } from '../../support/erl.js';
import { startErlangJudge, type ErlangJudge } from './erlang-judge.js';
import type { History } from './history.js';
import { MUTANTS } from './mutants.js';
import { normalOrder } from './normal-order.js';
import { randomHistory } from './random-history.js';
import { runHere, type Library } from './run-here.js';
import { shrink } from './shrink.js';

/**
 * Random supervision trees with random histories, under our supervisor and under OTP's: what starts and ends in which
 * order, who lives, what the supervisors say of their children and answer. `HISTORIES` and `HISTORIES_SEED` choose others.
 */
const FULL = process.env.TRIALS === 'full';
const COUNT = Number(process.env.HISTORIES ?? (FULL ? 1_000_000 : 2000));
const SEED = Number(process.env.HISTORIES_SEED ?? 1);
/** Histories per round: what is held in memory. */
const ROUND = 2000;

const OURS: Library = { otp, virtualSystem };

function histories(from: number, count: number): readonly History[] {
  return Array.from({ length: count }, (_none, at) => randomHistory(SEED + from + at));
}

async function seenHere(library: Library, history: History): Promise<string> {
  try {
    return normalOrder(await runHere(library, history), history);
  } catch (error) {
    return `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** The first history in which the two differ; undefined: there is none. */
async function firstDifference(
  library: Library,
  given: readonly History[],
  theirs: readonly string[],
): Promise<History | undefined> {
  for (const [at, history] of given.entries())
    if ((await seenHere(library, history)) !== normalOrder(theirs[at] ?? '', history)) return history;
  return undefined;
}

describe.skipIf(noErlang !== undefined)(
  `the supervisors and those of OTP${noErlang === undefined ? '' : ` (skipped: ${noErlang})`}`,
  () => {
    let judge: ErlangJudge;
    beforeAll(() => {
      judge = startErlangJudge();
    });
    afterAll(() => judge.close());

    /** What OTP makes of the quick form's histories. */
    let quick: readonly string[] = [];
    const QUICK = histories(0, Math.min(ROUND, COUNT));

    it('agree in every history', { timeout: FULL ? 6 * 3_600_000 : 300_000 }, async () => {
      for (let from = 0; from < COUNT; from += ROUND) {
        const given = from === 0 ? QUICK : histories(from, Math.min(ROUND, COUNT - from));
        const theirs = await judge.judge(given);
        if (from === 0) quick = theirs;
        const first = await firstDifference(OURS, given, theirs);
        if (first !== undefined) {
          const differs = async (each: History): Promise<boolean> =>
            (await firstDifference(OURS, [each], await judge.judge([each]))) !== undefined;
          const smallest = await shrink(first, differs);
          const [seen = ''] = await judge.judge([smallest]);
          const [ours, wanted] = [await seenHere(OURS, smallest), normalOrder(seen, smallest)];
          expect(ours.split(' | '), JSON.stringify(smallest)).toEqual(wanted.split(' | '));
        }
        if (FULL) process.stdout.write(`${Math.min(from + ROUND, COUNT)} histories agree with erl (seed ${SEED})\n`);
      }
      process.stdout.write(`${COUNT} of ${COUNT} supervision histories agree with erl (seed ${SEED})\n`);
    });

    describe('find a fault in the supervisor', () => {
      it.each(MUTANTS)('$name', { timeout: 120_000 }, async ({ file, right, wrong, name }) => {
        const directory = fileURLToPath(new URL(`./made-mutant-${name.replaceAll(/\W+/g, '-')}/`, import.meta.url));
        try {
          cpSync(fileURLToPath(new URL('../../../src/otp/', import.meta.url)), directory, { recursive: true });
          const text = readFileSync(directory + file, 'utf8');
          expect(text.split(right), `${file} holds what is to be changed, once`).toHaveLength(2);
          writeFileSync(
            directory + file,
            text.replace(right, () => wrong),
          );
          const load = (path: string): Promise<unknown> => import(pathToFileURL(directory + path).href);
          const mutant: Library = {
            otp: (await load('index.ts')) as Library['otp'],
            virtualSystem: ((await load('testing/index.ts')) as Pick<Library, 'virtualSystem'>).virtualSystem,
          };
          if (quick.length === 0) quick = await judge.judge(QUICK);
          expect(await firstDifference(mutant, QUICK, quick)).toBeDefined();
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      });
    });
  },
);
