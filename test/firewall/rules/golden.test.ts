import type { TestContext } from 'vitest';
import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Dialect } from '../../../src/firewall/dialect.js';
import { compileRuleset } from '../../../src/firewall/rules/compile-ruleset.js';
import type { RulesetResult } from '../../../src/firewall/rules/compile-ruleset.js';
import { readRulesetInput } from '../../../src/firewall/rules/ruleset-input.js';
import type { Json, JsonObject } from '../../../src/model/document.js';
import type { GoldenCase } from '../../support/golden-cases.js';
import { goldenCases } from '../../support/golden-cases.js';
import type { IpVersion } from '../../support/kernel-oracle.js';
import { kernelOfSuite } from '../../support/kernel-of-suite.js';

/** The old server's ruleset: its text, or for long ones what it hashes to; or the error it died of. */
interface RulesetOutput {
  readonly text?: string;
  readonly textSha256?: string;
  readonly hash?: string;
  readonly error?: unknown;
}

const files = readdirSync(new URL('../../golden', import.meta.url)).filter((file) => /^rulesets-.*\.json$/.test(file));
const cases = files.flatMap((file) => goldenCases<JsonObject, RulesetOutput>(file));

/**
 * Whether the kernel took the old server's text, and gave it back with the same hash (docs/rulesets.md#two-dialects).
 */
function isFaithful(item: GoldenCase<unknown, object>): boolean {
  return (
    !('error' in item.output) &&
    item.kernel === 'accepted' &&
    !JSON.stringify(item.kernelDetail ?? {}).includes('differs')
  );
}

function compile(input: Json, dialect: Dialect): RulesetResult {
  const read = readRulesetInput(input);
  return read.ok ? compileRuleset(read.input, dialect) : read;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function expectSame(result: RulesetResult, output: RulesetOutput): void {
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) return;
  if (output.text === undefined) expect(sha256(result.text)).toBe(output.textSha256);
  else expect(result.text).toBe(output.text);
  expect(result.hash).toBe(output.hash);
}

interface Pipeline {
  readonly db: Readonly<Record<'group' | 'zone' | 'service' | 'profile' | 'ruleset', readonly JsonObject[]>>;
  readonly group: string;
  readonly unsetTables?: boolean;
}
interface PipelineOutput {
  readonly ipMaps: Json;
  readonly rulesets: Readonly<Record<string, RulesetOutput>>;
}

const pipelines = goldenCases<Pipeline, PipelineOutput>('pipeline.json').filter(
  ({ output }) => 'rulesets' in output && !('error' in output.rulesets),
);

/** The ruleset input that the small database of a pipeline case leads to. */
function pipelineInput({ db, group }: Pipeline, { ipMaps }: PipelineOutput): JsonObject {
  const profileId = db.group.find((one) => one['name'] === group)?.['profile_id'];
  const profile = db.profile.find((one) => one['id'] === profileId);
  const ruleset = db.ruleset.find((one) => one['profile_id'] === profileId);
  const rules = ruleset?.['rules'] ?? { inbound: [], outbound: [] };
  return {
    profile: { ...profile, rules },
    selfGroup: group,
    groups: db.group,
    zones: db.zone,
    services: db.service,
    ipMaps,
  };
}

const faithful = cases.filter(isFaithful);
const others = cases.filter((item) => !isFaithful(item));

describe('golden rulesets', () => {
  const kernelFor = kernelOfSuite();

  /** The text is refused with a reason, or every back end takes it and hashes it alike. Without a kernel: says so. */
  const proveOrRefused = async (result: RulesetResult, version: IpVersion, context: TestContext): Promise<void> => {
    if (!result.ok) {
      expect(result.error.field).not.toBe('');
      expect(result.error.reason).not.toBe('');
      return;
    }
    const kernel = kernelFor(context);
    const made = await kernel.makeSets(result.sets);
    expect(made.message).toBe('');
    for (const verdict of await kernel.proveRuleset(result.text, version)) {
      expect(verdict, result.text).toMatchObject({ ok: true, hash: result.hash });
    }
  };

  it('has both kinds of cases', () => {
    expect(faithful.length).toBeGreaterThan(70);
    expect(others.length).toBeGreaterThan(60);
  });

  it.each(faithful)('dog1 repeats $name: $about', ({ input, output }) => {
    expectSame(compile(input, 'dog1'), output);
  });

  it.for(others)('dog1 refuses or mends $name: $about', async ({ input }, context) => {
    await proveOrRefused(compile(input, 'dog1'), input['version'] as IpVersion, context);
  });

  it.for(cases)('dog2 refuses or proves $name: $about', async ({ input }, context) => {
    await proveOrRefused(compile(input, 'dog2'), input['version'] as IpVersion, context);
  });

  it.for(pipelines)('dog1 repeats or mends the rulesets of $name', async (item, context) => {
    const { input, output } = item;
    for (const [variant, expected] of Object.entries(output.rulesets)) {
      const type = variant.startsWith('set') ? 'ipsets' : 'iptables';
      if (type === 'iptables' && input.unsetTables === false) continue;
      const version = variant.endsWith('4') ? 'v4' : 'v6';
      const result = compile({ ...pipelineInput(input, output), type, version }, 'dog1');
      if (isFaithful(item)) expectSame(result, expected);
      else await proveOrRefused(result, version, context);
    }
  });
});
