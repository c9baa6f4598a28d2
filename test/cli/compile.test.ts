import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileCommand } from '../../src/cli/compile.js';
import type { Dialect } from '../../src/firewall/dialect.js';
import { goldenCases } from '../support/golden-cases.js';

const directory = mkdtempSync(join(tmpdir(), 'compile-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function run(content: unknown, dialect: Dialect = 'dog1') {
  const file = join(directory, 'input.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') => ({ write: (text: string) => (said[key] += text) });
  return { code: await compileCommand(file, { dialect }, sink('out'), sink('err')), ...said };
}

function golden(file: string, name: string) {
  return goldenCases<object, { text: string; hash: string }>(file).find((item) => item.name === name);
}

describe('dog-trainer compile', () => {
  it.each([
    ['rulesets-groups.json', 'ruleset/role-tcp/set-v4'],
    ['ipsets.json', goldenCases('ipsets.json')[0]?.name ?? ''],
  ])('prints the text and its hash: %s %s', async (file, name) => {
    const item = golden(file, name);
    const { code, out, err } = await run({ kind: item?.kind, input: item?.input });
    expect({ code, out }).toEqual({ code: 0, out: item?.output.text });
    expect(err).toBe(`hash: ${item?.output.hash}\n`);
  });

  it('says which rule and field, and prints nothing', async () => {
    const item = golden('rulesets-services.json', 'ruleset/port-bad/set-v4');
    const { code, out, err } = await run({ kind: 'ruleset', input: item?.input }, 'dog2');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('rules.inbound[0].service');
    expect(err).toContain('65536');
  });

  it.each([
    ['{"kind": ', "can't read"],
    ['[]', 'keys "kind" and "input"'],
    [{ kind: 'ruleset' }, 'no key "input"'],
    [{ kind: 'rules', input: {} }, 'give "ruleset" or "ipset"'],
    [{ kind: 'ruleset', input: { profile: {}, type: 'sets' } }, 'type "sets"'],
    [{ kind: 'ruleset', input: { profile: {}, type: 'ipsets', version: 4 } }, 'version'],
    [{ kind: 'ipset', input: {} }, 'input.internal'],
    [{ kind: 'ipset', input: { internal: { groupsV4: { web: '10.0.0.1' } } } }, 'input.internal.groupsV4["web"]'],
  ])('refuses %j', async (content, reason) => {
    const { code, out, err } = await run(content);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(reason);
  });

  it('refuses a file that is not there', async () => {
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    expect(await compileCommand(join(directory, 'none.json'), { dialect: 'dog2' }, sink, sink)).toBe(1);
    expect(said.join('')).toContain('none.json');
  });
});
