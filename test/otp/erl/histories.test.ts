import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as otp from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { noErlang } from '../../support/erl.js';
import { startErlangJudge, type ErlangJudge } from './erlang-judge.js';
import { ROUND, compare, firstDifference, histories, type Disagreement } from './agreement.js';
import { compareInProcesses } from './compare-in-processes.js';
import { MUTANTS } from './mutants.js';
import type { Library } from './run-here.js';

/**
 * Random supervision trees with random histories, under our supervisor and under OTP's: what starts and ends in which
 * order, who lives, what the supervisors say of their children and answer. `HISTORIES` and `HISTORIES_SEED` choose
 * others. The long form runs in as many processes as the machine has processors (or `HISTORIES_PROCESSES`), each with
 * its own range of seeds.
 */
const FULL = process.env.TRIALS === 'full';
const COUNT = Number(process.env.HISTORIES ?? (FULL ? 1_000_000 : 2000));
const SEED = Number(process.env.HISTORIES_SEED ?? 1);
const PROCESSES = Number(process.env.HISTORIES_PROCESSES ?? (FULL ? availableParallelism() : 1));

const OURS: Library = { otp, virtualSystem };

function expectAgreement({ history, ours, theirs, repeats }: Disagreement): void {
  expect(ours, `${repeats ? '' : 'they agreed when asked again: '}${JSON.stringify(history)}`).toEqual(theirs);
}

describe.skipIf(noErlang !== undefined)(
  `the supervisors and those of OTP${noErlang === undefined ? '' : ` (skipped: ${noErlang})`}`,
  () => {
    let judge: ErlangJudge;
    beforeAll(() => {
      judge = startErlangJudge();
    });
    afterAll(() => judge.close());

    it('agree in every history', { timeout: FULL ? 9 * 3_600_000 : 300_000 }, async () => {
      if (PROCESSES > 1) {
        const { agreed, differences } = await compareInProcesses(SEED, COUNT, PROCESSES);
        differences.forEach(expectAgreement);
        expect(agreed).toBe(COUNT);
      } else {
        const difference = await compare(OURS, judge, SEED, COUNT, () => undefined);
        if (difference !== undefined) expectAgreement(difference);
      }
      const seeds = `seeds ${SEED} to ${SEED + COUNT - 1}, ${PROCESSES} process${PROCESSES === 1 ? '' : 'es'}`;
      process.stdout.write(`${COUNT} of ${COUNT} supervision histories agree with erl (${seeds})\n`);
    });

    it('agree in processes of their own, each with its range of seeds', { timeout: 120_000 }, async () => {
      expect(await compareInProcesses(3_000_001, 41, 2)).toEqual({ agreed: 41, differences: [] });
    });

    describe('find a fault in the supervisor', () => {
      const QUICK = histories(SEED, Math.min(ROUND, COUNT));
      /** What OTP makes of them. */
      let quick: readonly string[] = [];
      beforeAll(async () => {
        quick = await judge.judge(QUICK);
      }, 300_000);

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
          expect(await firstDifference(mutant, QUICK, quick)).toBeDefined();
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      });
    });
  },
);
