import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSet } from '../../src/analysis/read-sets.js';
import { difference } from '../../src/analysis/difference.js';
import { bindRuleset, type Filter } from '../../src/analysis/filter.js';
import { type IdleLine, idleLines } from '../../src/analysis/idle-lines.js';
import { readRuleset } from '../../src/analysis/read-ruleset.js';
import { finish } from '../../src/firewall/finish.js';
import { Dice } from '../faults/random-edits/dice.js';
import { compiled } from '../support/analysis-policies.js';
import { soundPolicy } from '../support/policy-arbitrary.js';

const POLICIES = process.env['TRIALS'] === 'full' ? 3_000 : 25;

/** Lines of one policy that are looked at closely. */
const LINES = 8;

describe('lines that could as well not be there', () => {
  it(
    `are those that decide nothing, and those without which nothing changes: ${POLICIES} random policies`,
    { timeout: 36_000_000 },
    () => {
      const seen = { never: 0, needless: 0, needed: 0 };
      fc.assert(
        fc.property(
          soundPolicy,
          fc.nat(),
          fc.constantFrom('dog1' as const, 'dog2' as const),
          (policy, seed, dialect) => {
            const dice = new Dice(seed);
            const { rules } = policy.profile;
            // Rules twice over, the second time with another verdict at times.
            for (const list of [rules.inbound, rules.outbound])
              for (const rule of [...list])
                if (dice.below(3) === 0) list.push(dice.below(2) === 0 ? rule : { ...rule, action: 'DROP' });
            const { text, sets, filter } = compiled(policy, dialect);
            const contents = new Map([...sets].map(([name, list]) => [name, addressSet(policy.version, list)]));
            const idle = new Map(finish(idleLines(filter)).map((line) => [line.lineNumber, line]));
            const lines = text.split('\n');
            /** Whether anything changes when a line is another one. A blank line keeps the numbers of the others. */
            const changes = (at: number, line: string): boolean => {
              const other = readRuleset(lines.toSpliced(at - 1, 1, line).join('\n'), policy.version);
              return finish(difference(filter, bindRuleset(other, contents))).length > 0;
            };
            const all = Object.values(filter.chains).flat();
            for (let count = 0; count < LINES; count += 1) {
              const { line, effect, limit } = dice.pick(all);
              if (effect.kind !== 'verdict') continue;
              const found = idle.get(line.number);
              const flipped = line.text.endsWith('-j ACCEPT')
                ? line.text.replace(/ACCEPT$/, 'DROP')
                : line.text.replace(/-j [A-Z]+( --reject-with \S+)?$/, '-j ACCEPT');
              expect(found?.kind === 'never', line.text).toBe(!changes(line.number, flipped));
              seen[found?.kind ?? 'needed'] += 1;
              if (limit !== null) continue;
              const needed = changes(line.number, '');
              if (found !== undefined) expect(needed, line.text).toBe(false);
              else if (!needed) expect(standsIn(line.number, filter, idle), line.text).toBe(true);
            }
          },
        ),
        { numRuns: POLICIES },
      );
      expect(Object.entries(seen).filter(([, count]) => count < POLICIES / 10)).toEqual([]);
    },
  );
});

it.each([
  ['-A INPUT -p tcp -m tcp --dport 22 -j DROP', [[3, 'needless']]],
  ['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT', []],
  ['-A INPUT -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset', []],
  // What is behind it decides some of its packets in its place.
  ['-A INPUT -p tcp -m tcp --dport 22 -j DROP\n-A INPUT -s 10.0.0.0/8 -j ACCEPT', []],
  ['-A INPUT -s 10.0.0.0/8 -p tcp -j RETURN\n-A INPUT -p tcp -m tcp --dport 22 -j DROP', [[4, 'needless']]],
  ['-A INPUT -p tcp -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j DROP', [[4, 'never']]],
])('before the policy DROP: %s', (lines, found) => {
  const text = `*filter\n:INPUT DROP [0:0]\n${lines}\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`;
  const idle = finish(idleLines(bindRuleset(readRuleset(text, 'v4'), new Map())));
  expect(idle.map(({ lineNumber, kind }) => [lineNumber, kind])).toEqual(found);
});

/** Whether only lines that never decide stand behind a line that is not needed: then it is not told. */
function standsIn(lineNumber: number, filter: Filter, idle: ReadonlyMap<number, IdleLine>): boolean {
  return Object.values(filter.chains)
    .flat()
    .some(({ line }) => line.number > lineNumber && idle.get(line.number)?.kind === 'never');
}
