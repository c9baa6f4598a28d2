/**
 * One range of seeds of the long form, in a process of its own: `compare-with-erl.ts SEED COUNT`. Progress goes to
 * standard error; the last line on standard output is `{"agreed"}`, or the `Disagreement` that ended it.
 */
import * as otp from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { compare } from '../erl/agreement.js';
import { startErlangJudge } from '../erl/erlang-judge.js';

const [seed = NaN, count = NaN] = process.argv.slice(2).map(Number);
const judge = startErlangJudge();
try {
  const difference = await compare({ otp, virtualSystem }, judge, seed, count, (agreed) =>
    process.stderr.write(`seeds ${seed} to ${seed + count - 1}: ${agreed} of ${count} histories agree with erl\n`),
  );
  process.stdout.write(`${JSON.stringify(difference ?? { agreed: count })}\n`);
} finally {
  await judge.close();
}
