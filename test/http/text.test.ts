import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/http/text/line-diff.js';
import { gitDiff } from '../../src/http/text/git-diff.js';
import { hclString } from '../../src/http/text/hcl-value.js';
import { rulesTable } from '../../src/http/text/rules-table.js';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

describe('diffs', () => {
  it('lead from the one text to the other, and are the shortest', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        expect(diff.filter(({ mark }) => mark !== '+').map(({ text }) => text)).toEqual(before);
        expect(diff.filter(({ mark }) => mark !== '-').map(({ text }) => text)).toEqual(after);
        expect(diff.filter(({ mark }) => mark === ' ')).toHaveLength(longestCommon(before, after));
      }),
    );
  });

  it('of texts that share little are still right', () => {
    const before = Array.from({ length: 50 }, (_, n) => `a${n}`);
    const diff = diffLines(before, ['b'], 10);
    expect(diff.map(({ mark }) => mark).join('')).toBe(`${'-'.repeat(50)}+`);
  });

  it('of texts that share little keep what they begin and end with', () => {
    const diff = diffLines(['a', 'b', 'm', 'z'], ['a', 'd', 'm', 'm', 'z'], 1);
    expect(diff.map(({ mark, text }) => mark + text)).toEqual([' a', '-b', '+d', '+m', ' m', ' z']);
  });

  it('take away the last of equal lines, as git does', () => {
    const diff = diffLines(['gone', 'a', 'b', 'b', 'c'], ['a', 'b', 'c']);
    expect(diff.map(({ mark, text }) => mark + text)).toEqual(['-gone', ' a', ' b', '-b', ' c']);
  });

  const hasGit = spawnSync('git', ['--version']).status === 0;
  it.runIf(hasGit)('are what git applies', () => {
    const folder = mkdtempSync(join(tmpdir(), 'git-diff-'));
    try {
      fc.assert(
        fc.property(lines, lines, (before, after) => {
          fc.pre(before.length > 0 && after.length > 0);
          const text = (list: readonly string[]) => list.map((line) => `${line}\n`).join('');
          writeFileSync(join(folder, 'rules'), text(before));
          const patch = gitDiff(text(before), text(after), ['rules', 'rules']);
          if (patch === '') return before.join() === after.join();
          const applied = spawnSync('git', ['apply', '--check', '-'], { cwd: folder, input: patch, encoding: 'utf8' });
          return applied.status === 0;
        }),
        { numRuns: 20 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  if (!hasGit) process.stdout.write('skipped: git is not installed, so no diff was applied by it\n');
});

describe('Terraform text', () => {
  it('quotes whatever a text holds', () => {
    expect(hclString('a "b" \\ ${x} %{y} $1\n\u0001')).toBe('"a \\"b\\" \\\\ $${x} %%{y} $1\\n\\u0001"');
  });
});

describe('the table of rules', () => {
  it('has a line a rule, whatever is in it', () => {
    const rule = { group: 'web', service: 'ssh\t\n', states: ['NEW', 'RELATED'], action: 'DROP', active: false };
    expect(rulesTable({ rules: { inbound: [rule, 7, {}], outbound: 'x' } })).toBe(
      'Inbound:\ngroup\tservice\tstates\taction\tactive\nweb\tssh  \tNEW,RELATED\tDROP\tfalse\n\t\t\t\t\n\n' +
        'Outbound:\ngroup\tservice\tstates\taction\tactive\n',
    );
    expect(rulesTable(undefined)).toContain('Outbound:');
  });
});

/** The length of a longest common subsequence, the slow way. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const item of a) {
    const next = [0];
    b.forEach((other, n) => next.push(item === other ? (row[n] ?? 0) + 1 : Math.max(row[n + 1] ?? 0, next[n] ?? 0)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
