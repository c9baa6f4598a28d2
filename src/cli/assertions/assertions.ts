import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Json, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { type CliIo, CommandFailure, ToldFailure } from '../cli-io.js';
import { NOT_WELL, WRONG_USE } from '../exit-codes.js';
import { readJsonFile } from '../read-json-file.js';
import { apiOf } from '../remote/api-client.js';
import { type ApiFlags, withApiFlags } from '../remote/api-flags.js';
import { shapedList } from '../remote/shape.js';
import { printCoverage, readCoverage } from './coverage.js';
import { resultsJson, resultsJunit, resultsText, type TestResult } from './print-results.js';
import type { PolicyTest } from './read-tests.js';
import { witnessText } from './witness-text.js';

interface TestFlags extends ApiFlags {
  readonly policy?: string;
  readonly dialect?: string;
  readonly format?: string;
}

interface CoverageFlags extends ApiFlags {
  readonly group?: string;
}

const FORMATS = ['text', 'json', 'junit'];

/** `assertions report`, `test` and `coverage`. */
export function addAssertions(program: Command, io: CliIo): void {
  const assertions = program
    .command('assertions')
    .description('what must and must not be let through, and whether it is so');
  withApiFlags(assertions.command('report'))
    .description('say which assertions and guards hold; exit 3 if one does not')
    .action((flags: ApiFlags) => report(flags, io));
  withApiFlags(assertions.command('test'))
    .description('test policy by a file of expectations; exit 3 if one fails')
    .argument('<file>', 'YAML: lists accept and refuse of `FROM -> TO PROTOCOL[/PORT]`')
    .option('--policy <file>', 'test what `export` wrote there, not a running server')
    .option('--dialect <dialect>', 'of that file, if it names none: dog1 or dog2', 'dog2')
    .option('--format <format>', 'text, json, or junit (XML)', 'text')
    .action((file: string, flags: TestFlags) => test(file, flags, io));
  withApiFlags(assertions.command('coverage'))
    .description('change every rule in five ways, and list the changes that no assertion would notice')
    .option('--group <group>', 'only rules of this group, by name or id')
    .action((flags: CoverageFlags) => coverage(flags, io));
}

async function report(flags: ApiFlags, io: CliIo): Promise<void> {
  const answer = (await (await apiOf(flags, io)).get('/api/V2/assertions/report')) as JsonObject;
  const shape = { id: 'string', name: 'string', state: 'string' } as const;
  const all = ['assertions', 'guards'].flatMap((part) =>
    shapedList<JsonObject>(answer[part] ?? [], shape, '/api/V2/assertions/report').map((one) => ({ ...one, part })),
  );
  if (flags.json === true) io.out(`${JSON.stringify(answer)}\n`);
  else
    for (const one of all as readonly JsonObject[]) {
      const kind = one['part'] === 'guards' ? 'guard ' : '';
      io.out(`${textOf(one['state']).padEnd(8)}${kind}${textOf(one['name'])}\n`);
      if (one['witness']) io.out(`        ${witnessText(one['witness'] as JsonObject)}\n`);
      if (typeof one['reason'] === 'string') io.out(`        ${one['reason']}\n`);
    }
  // A guard whose address is not known is nobody's fault.
  if (
    (all as readonly JsonObject[]).some(
      (one) => one['state'] === 'broken' || (one['part'] === 'assertions' && one['state'] !== 'holds'),
    )
  )
    throw new ToldFailure(NOT_WELL);
}

async function test(file: string, flags: TestFlags, io: CliIo): Promise<void> {
  const format = flags.json === true ? 'json' : (flags.format ?? 'text');
  if (!FORMATS.includes(format))
    throw new CommandFailure(`--format: ${format} is not known; there are ${FORMATS.join(', ')}`, {
      exitCode: WRONG_USE,
    });
  const tests = await testsOf(file);
  const results = await (flags.policy === undefined
    ? askServer(tests, flags, io)
    : judgeFile(tests, flags.policy, flags));
  if (format === 'text') io.out(resultsText(results, file));
  else if (format === 'json') io.out(`${JSON.stringify(resultsJson(results, file))}\n`);
  else io.out(resultsJunit(results, file));
  if (results.some(({ state }) => state !== 'holds')) throw new ToldFailure(NOT_WELL);
}

async function testsOf(file: string): Promise<readonly PolicyTest[]> {
  const { readTests, TestFileError } = await import('./read-tests.js');
  try {
    return readTests(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw new CommandFailure(error instanceof TestFileError ? error.message : `${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function askServer(tests: readonly PolicyTest[], flags: ApiFlags, io: CliIo): Promise<readonly TestResult[]> {
  const path = '/api/V2/assertions/test';
  const answer = (await (await apiOf(flags, io)).post(path, { assertions: tests.map(({ doc }) => doc) })) as JsonObject;
  const states = shapedList<TestResult>(answer['assertions'] ?? [], { state: 'string' }, path);
  return tests.map((one, index) => {
    const { state, witness, reason } = states[index] as TestResult & { readonly reason?: string };
    return { ...one, state, witness, reason: reason ?? null };
  });
}

async function judgeFile(
  tests: readonly PolicyTest[],
  file: string,
  { dialect: named }: TestFlags,
): Promise<readonly TestResult[]> {
  const { policyFileFromJson, PolicyFileError } = await import('../../transfer/policy-file.js');
  const { testPolicy } = await import('../../plan/assertions/test-policy.js');
  const value: Json = await readJsonFile(file);
  try {
    const policy = policyFileFromJson(value);
    const dialect = policy.dialect ?? named;
    if (dialect !== 'dog1' && dialect !== 'dog2')
      throw new CommandFailure(`--dialect: ${String(dialect)} must be dog1 or dog2`, { exitCode: WRONG_USE });
    const docs = tests.map(({ doc }, index) => ({ ...doc, id: String(index) }));
    const judged = testPolicy(policy.resources, docs, { dialect, anyIsEveryone: dialect === 'dog1' });
    return tests.map((one, index) => {
      const { after, witness, reason } = judged[index] ?? { after: 'unknown' as const, witness: null, reason: null };
      return { ...one, state: after, witness, reason };
    });
  } catch (error) {
    if (error instanceof PolicyFileError) throw new CommandFailure(`${file}: ${error.message}`);
    throw error;
  }
}

async function coverage(flags: CoverageFlags, io: CliIo): Promise<void> {
  const query = flags.group === undefined ? '' : `?group=${encodeURIComponent(flags.group)}`;
  const found = await readCoverage(await apiOf(flags, io), `/api/V2/assertions/coverage${query}`, io);
  if (flags.json === true) io.out(`${JSON.stringify(found)}\n`);
  else io.out(printCoverage(found));
}
