import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const EXAMPLE = 'examples/policy';

/** How a shell starts the command: built, or from its sources. */
const COMMAND =
  process.env['TEST_BUILT'] === '1'
    ? `${process.execPath} ${process.cwd()}/dist/main.js`
    : `${process.execPath} --import ${process.cwd()}/test/support/register-typescript.mjs ${process.cwd()}/src/main.ts`;

function shell(script: string, environment: Readonly<Record<string, string>>) {
  const env = { PATH: process.env['PATH'] ?? '', DOGTRAINER_COMMAND: COMMAND, ...environment };
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile('sh', [script], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

it(
  'the example plans, applies and tests its policy, and refuses what it asserts against',
  { timeout: 240_000 },
  async () => {
    const s = await startWholeServer();
    const repository = join(temporaryDirectory(), 'policy');
    cpSync(EXAMPLE, repository, { recursive: true });
    const url = { DOGTRAINER_URL: s.server.listening.api };
    const run = (script: string, more: Readonly<Record<string, string>> = {}) =>
      shell(join(repository, 'pipeline', script), { ...url, ...more });

    const planned = await run('plan.sh');
    expect([planned.code, planned.err]).toEqual([2, '']);
    expect(planned.out).toContain(' (operators reach web)\n');
    expect(readFileSync(join(repository, 'plan.txt'), 'utf8')).toBe(planned.out);
    const id = /^plan ([0-9a-f]{64})$/m.exec(planned.out)?.[1] ?? '';
    const applied = await run('apply.sh', { PLAN_ID: id, REASON: 'merged as two words' });
    expect([applied.err, applied.code]).toEqual(['', 0]);
    expect(applied.out).toContain('holds   operators reach web\n');
    expect(applied.out).toContain('3 of 3 hold\n');
    expect(await run('plan.sh')).toEqual({ code: 0, out: 'nothing would change\n', err: '' });
    // It is just what the server would write, comments apart, which stay.
    const exported = await runCliInProcess([
      'export',
      '--format',
      'yaml',
      join(repository, 'policy'),
      '--data',
      s.data,
      '--set',
      'ruleset_dialect=dog2',
    ]);
    expect(exported.out).toMatch(/: 1 file written, 10 as they were, 0 removed\n/);
    expect(readFileSync(join(repository, 'policy/dog-policy.yaml'), 'utf8')).toMatch(
      /^# This [^]*\nruleset_dialect: dog2\n$/,
    );

    // What no host has nothing can break.
    await s.create('host', {
      name: 'web1',
      hostkey: 'key-of-web1',
      group: 'web',
      environment: '*',
      location: '*',
      active: 'active',
      interfaces: JSON.stringify({ eth0: ['10.1.0.1'] }),
    });
    const ruleset = join(repository, 'policy/rulesets/web.yaml');
    writeFileSync(
      ruleset,
      readFileSync(ruleset, 'utf8')
        .replace('group_type: ZONE', 'group_type: ANY')
        .replace('group: office', 'group: any'),
    );
    const opened = await run('plan.sh');
    expect([opened.code, opened.err]).toEqual([1, 'This breaks what is asserted: applying it would be refused.\n']);
    expect(opened.out).toContain('asserted: no ssh from the internet: holds -> broken\n');
    const refused = await run('apply.sh');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('no ssh from the internet')]);
  },
);

it('the workflow runs scripts that are there, and gives secrets to no fork', () => {
  const text = readFileSync(`${EXAMPLE}/.github/workflows/policy.yml`, 'utf8');
  const { jobs } = parse(text) as { jobs: Record<string, { if: string; steps: { run?: string }[] }> };
  const scripts = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run = '' }) => [...run.matchAll(/pipeline\/[\w.]+/g)].map(([script]) => script)),
  );
  expect(scripts).toEqual(['pipeline/plan.sh', 'pipeline/apply.sh']);
  for (const script of scripts) expect(existsSync(join(EXAMPLE, script))).toBe(true);
  expect(jobs['plan']?.if).toContain('head.repo.full_name == github.repository');
});
