import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OFFICE_TO_WEB, startGuardedFleet } from '../support/guarded-fleet.js';
import { readTests } from '../../src/cli/assertions/read-tests.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const TESTS = `# What must be so.
accept:
  - zone:office -> group:web tcp/22
  - { from: zone:office, to: host:web1, protocol: tcp, port: 80, name: the <web> }
refuse:
  - any -> group:web tcp/23 v4
`;

describe('dialog with people', () => {
  it('assertions test says what holds, of a server and of an exported file, for people, programs and pipelines', async () => {
    const s = await startGuardedFleet();
    const directory = temporaryDirectory();
    const [file, policy] = [join(directory, 'policy.yaml'), join(directory, 'export.json')];
    writeFileSync(file, TESTS);
    const url = s.server.listening.api;
    const shown = await runCliInProcess(['assertions', 'test', file, '--url', url]);
    expect(shown.code).toBe(3);
    expect(shown.out.replaceAll(directory, 'DIR')).toMatch(
      /^ok {4}accept zone:office -> group:web tcp\/22\nFAIL {2}accept the <web> \(DIR\/policy\.yaml:4\)\n {6}expected accept, but 10\.0\.0\.\d+ -> 10\.1\.0\.1 tcp 80: drop at web1 INPUT NEW by the policy\nok {4}refuse any -> group:web tcp\/23 v4\n2 of 3 hold\n$/,
    );
    const exported = await runCliInProcess(['export', policy, '--data', s.data]);
    expect([exported.code, exported.err]).toEqual([0, '']);
    const junit = await runCliInProcess(['assertions', 'test', file, '--policy', policy, '--format', 'junit']);
    expect(junit.code).toBe(3);
    expect(junit.out).toContain('<testsuites tests="3" failures="1">');
    expect(junit.out).toContain('name="accept the &lt;web&gt;" file="');
    const json = await runCliInProcess(['assertions', 'test', file, '--policy', policy, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      passed: 2,
      failed: 1,
      tests: [{ state: 'holds' }, { state: 'broken', line: 4, witness: { dport: 80 } }, { state: 'holds' }],
    });
    writeFileSync(file, 'accept:\n  - zone:office -> group:web tcp/22\n');
    expect((await runCliInProcess(['assertions', 'test', file, '--url', url])).code).toBe(0);
    expect((await runCliInProcess(['assertions', 'test', file, '--policy', file])).code).toBe(1);
    expect((await runCliInProcess(['assertions', 'test', file, '--url', 'http://127.0.0.1:9'])).code).toBe(1);

    await s.create('assertion', OFFICE_TO_WEB);
    const well = await runCliInProcess(['assertions', 'report', '--url', url]);
    expect(well).toEqual({ code: 0, out: 'holds   operators reach web\n', err: '' });
    await s.rules(s.web, 'web', [], { 'x-override-reason': 'test' });
    const unwell = await runCliInProcess(['assertions', 'report', '--url', url]);
    expect([unwell.code, unwell.out]).toEqual([
      3,
      expect.stringMatching(/^broken {2}operators reach web\n {8}10\.0\.0\./),
    ]);
  });

  it('names file, line and what would be right', () => {
    const fault = (text: string) => {
      try {
        return readTests(text, 'f.yaml').length;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(fault('accept:\n  - zone:office group:web tcp/22\n')).toBe(
      'f.yaml, line 2: "zone:office group:web tcp/22" must be `FROM -> TO PROTOCOL[/PORT]`, such as `zone:office -> group:web tcp/22`',
    );
    expect(fault('accept:\n  - any -> any tcp\nallow: []\n')).toBe(
      'f.yaml, line 3: allow is not known; there are accept and refuse',
    );
    expect(fault('accept: any\n')).toMatch(/^f\.yaml, line 1: accept must be a list of/);
    expect(fault('refuse:\n  - from: any\n    to: any\n')).toMatch(
      /^f\.yaml, line 2: missing required property .*protocol/,
    );
    expect(fault('refuse:\n  - {from: any, to: any, protocol: tcp, expect: accept}\n')).toMatch(
      /line 2: expect is said by the list/,
    );
    expect(fault('accept: [\n')).toMatch(/^f\.yaml, line \d: /);
    expect(fault('')).toMatch(/must be a map/);
    expect(fault('accept:\n')).toMatch(/there is no test/);
  });
});
