import type { Command } from 'commander';
import type { Json, JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { witnessText } from './assertions/witness-text.js';
import { CommandFailure, ToldFailure } from './cli-io.js';
import { readJsonFile } from './read-json-file.js';
import type { CliIo } from './cli-io.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { printPlan } from './print-plan.js';

interface ApiFlags extends ConfigFlags {
  readonly url?: string;
  readonly token?: string;
  readonly json?: true;
}

interface PlanFlags extends ApiFlags {
  readonly replace?: true;
  readonly reason?: string;
}

interface ApplyFlags extends ApiFlags {
  readonly override?: string;
}

/** A whole policy may be planned: longer than for other questions. */
const TIMEOUT_MS = 300_000;

function withApi(command: Command): Command {
  return withConfigOptions(command)
    .option('-u, --url <url>', 'base URL of its API; default: DOGTRAINER_URL, else api.host and api.port')
    .option('-t, --token <token>', 'API token; default: the environment variable DOGTRAINER_TOKEN')
    .option('--json', 'print the answer of the API');
}

/** `plan FILE`: what a file of writes, or one that `export` wrote, would change. Exit 0: nothing, 2: something, 1: refused. */
export function addPlan(program: Command, io: CliIo): void {
  withApi(program.command('plan'))
    .description(
      'show what a file would change on hosts; nothing is written; exit 0: nothing, 2: something, 1: refused',
    )
    .argument('<file>', 'what `export` wrote, or a JSON list of {"method", "path", "body"}')
    .option('--replace', 'of an exported policy: also remove what is not in the file')
    .option('--reason <text>', 'why; it is shown with the revisions that come of it')
    .action(async (file: string, flags: PlanFlags) => {
      const plan = await ask(flags, io, '/api/V2/plan', planBody(await readJsonFile(file, 1), flags, file));
      io.out(flags.json === true ? `${JSON.stringify(plan)}\n` : printPlan(plan));
      if ((plan['stores'] as readonly Json[]).length > 0) throw new ToldFailure(2);
    });
}

/** `apply ID`: makes all writes of a plan, in one commit. */
export function addApply(program: Command, io: CliIo): void {
  withApi(program.command('apply'))
    .description('make all writes of a plan, if nothing that it rests on moved on; exit 1: refused')
    .argument('<id>', 'the id that `plan` printed')
    .option('--override <reason>', 'why it is made although something speaks against it')
    .action(async (id: string, flags: ApplyFlags) => {
      const body = flags.override === undefined ? {} : { override: { reason: flags.override } };
      const answer = await ask(flags, io, `/api/V2/plan/${encodeURIComponent(id)}/apply`, body);
      if (flags.json === true) return io.out(`${JSON.stringify(answer)}\n`);
      for (const row of answer['revisions'] as readonly JsonObject[])
        io.out(
          `${row['revision'] === null ? 'removed' : 'written'} ${row['table'] as string} ${row['id'] as string}\n`,
        );
      io.out('applied\n');
    });
}

function planBody(value: Json, flags: PlanFlags, file: string): JsonObject {
  const reason = flags.reason === undefined ? {} : { reason: flags.reason };
  if (Array.isArray(value)) {
    if (flags.replace === true)
      throw new CommandFailure('--replace is for a file that `export` wrote, not for a list of writes');
    return { writes: value as readonly Json[], ...reason };
  }
  if (value === null || typeof value !== 'object')
    throw new CommandFailure(`${file} holds neither an exported policy nor a list of writes`);
  return { policy: value, replace: flags.replace === true, ...reason };
}

async function ask(flags: ApiFlags, io: CliIo, path: string, body: JsonObject): Promise<JsonObject> {
  const base = flags.url ?? io.environment['DOGTRAINER_URL'];
  const url = `${(base || apiUrl(flags, io)).replace(/\/+$/, '')}${path}`;
  if (!URL.canParse(url))
    throw new CommandFailure(`--url: ${flags.url ?? ''} is not a URL such as http://127.0.0.1:7070`);
  const token = flags.token ?? io.environment['DOGTRAINER_TOKEN'];
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const { cause } = error as Error;
    throw new CommandFailure(`no server answers at ${url}: ${cause instanceof Error ? cause.message : String(error)}`, {
      cause: error,
    });
  }
  const text = await response.text();
  let answer: JsonObject;
  try {
    answer = JSON.parse(text) as JsonObject;
  } catch (error) {
    throw new CommandFailure(`${url} answered ${response.status} without JSON`, { cause: error });
  }
  if (response.ok) return answer;
  const { error, code, ...more } = answer;
  const broken = [...asRows(more['assertions']), ...asRows(more['guards'])];
  if (broken.length > 0)
    throw new CommandFailure(
      [
        `refused: ${textOf(error)}`,
        ...broken.flatMap(({ name, witness, reason }) => [
          `  ${textOf(name)}`,
          ...(witness === null || witness === undefined ? [] : [`    ${witnessText(witness as JsonObject)}`]),
          ...(typeof reason === 'string' ? [`    ${reason}`] : []),
        ]),
        'give --override REASON if it is meant',
      ].join('\n'),
    );
  throw new CommandFailure(`refused: ${JSON.stringify(error)} (${JSON.stringify(code)}) ${JSON.stringify(more)}`);
}

function asRows(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function apiUrl(flags: ConfigFlags, io: CliIo): string {
  const { host, port } = loadInstalled(flags, io).config.api;
  // A server that listens everywhere is asked where it surely is.
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
