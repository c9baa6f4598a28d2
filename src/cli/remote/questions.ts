import type { Command } from 'commander';
import type { Json, JsonObject } from '../../model/document.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import { textOf } from '../../model/text-of.js';
import type { AnalysisProgress } from '../../plan/analysis-progress.js';
import { isList, isObject } from '../../model/validate.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { findGroup } from './find-named.js';
import { aheadLines, analysisLines, caseLines, rowLine } from './print-questions.js';
import { readLines } from './read-lines.js';
import { shaped } from './shape.js';
import { coloured } from './table.js';

/** What is asked of connections, as the command line has it. */
export interface QuestionFlags extends ApiFlags {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: string;
  readonly port?: string;
  readonly sourcePort?: string;
  readonly icmpType?: string;
  readonly icmpCode?: string;
  readonly in?: string;
  readonly out?: string;
  readonly family?: string;
  readonly at?: string;
}

/** Whole fleets may be asked about: longer than for other questions. */
const TIMEOUT_MS = 60_000;

const ENDS = 'any, an address, a network, host:NAME, group:NAME or zone:NAME';

/** The options of a question about connections. */
export function withQuestion(command: Command, { ends }: { readonly ends: 'both' | 'one' }): Command {
  const only = ends === 'one' ? '; give this or the other' : '';
  const asked = command
    .option('--from <end>', `who connects: ${ENDS}${only}`)
    .option('--to <end>', `who is connected to: ${ENDS}${only}`)
    .option('--protocol <protocol>', 'name or number; default: any')
    .option('--port <port>', 'the port that is connected to')
    .option('--family <family>', 'v4 or v6; default: both')
    .option('--at <time>', 'as hosts were then: epoch seconds, or a time such as 2026-11-29T00:30:00Z; default: now');
  if (ends === 'one') return asked;
  return asked
    .option('--source-port <port>', 'the port that the connection comes from')
    .option('--icmp-type <type>', 'with --protocol icmp or ipv6-icmp')
    .option('--icmp-code <code>', 'with --icmp-type')
    .option('--in <interface>', 'by which packets reach the host that is connected to')
    .option('--out <interface>', 'by which they leave the host that connects');
}

function numeric(flags: QuestionFlags, key: 'port' | 'sourcePort' | 'icmpType' | 'icmpCode', flag: string): JsonObject {
  const text = flags[key];
  if (text === undefined) return {};
  if (!/^\d{1,9}$/.test(text))
    throw new CommandFailure(`${flag}: ${text} is not a whole number`, { exitCode: WRONG_USE });
  return { [flag.slice(2).replace('-', '_')]: Number(text) };
}

/** A date with its time and how far it is from UTC: what has none would mean another time on another machine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

function timeOf({ at }: QuestionFlags): JsonObject {
  if (at === undefined) return {};
  if (/^\d{1,10}$/.test(at)) return { at: Number(at) };
  const ms = ISO_TIME.test(at) ? Date.parse(at) : NaN;
  if (Number.isNaN(ms) || ms < 0)
    throw new CommandFailure(`--at: ${at} is neither epoch seconds nor a time such as 2026-11-29T00:30:00Z`, {
      exitCode: WRONG_USE,
    });
  return { at: Math.floor(ms / 1000) };
}

function questionOf(flags: QuestionFlags): JsonObject {
  const texts = ['from', 'to', 'protocol', 'in', 'out', 'family'] as const;
  return {
    ...Object.fromEntries(texts.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]]))),
    ...numeric(flags, 'port', '--port'),
    ...numeric(flags, 'sourcePort', '--source-port'),
    ...numeric(flags, 'icmpType', '--icmp-type'),
    ...numeric(flags, 'icmpCode', '--icmp-code'),
    ...timeOf(flags),
  };
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}

function told(io: CliIo, lines: readonly string[]): void {
  for (const line of lines) io.out(`${escapeHidden(line)}\n`);
}

function takenFromNow(io: CliIo, { taken_from_now: taken }: JsonObject): void {
  if (isList(taken) && taken.length > 0)
    told(io, [`taken from now, since history does not say it: ${taken.map(textOf).join(', ')}`]);
}

function leftOff(io: CliIo, { left_off: count }: JsonObject): void {
  if (typeof count === 'number') io.out(`… and ${count} more\n`);
}

/** `explain` of a running server: a case after the other, its steps, and the line that decides. */
export async function explainRemote(flags: QuestionFlags, io: CliIo): Promise<void> {
  if (flags.from === undefined || flags.to === undefined)
    throw new CommandFailure('give --from and --to, or --rules and --packets', { exitCode: WRONG_USE });
  const api = await apiOf(flags, io);
  const path = '/api/V2/explain';
  const answer = shaped<JsonObject>(
    await api.post(path, questionOf(flags), { timeoutMs: TIMEOUT_MS }),
    { verdict: 'string', cases: 'list' },
    api.url + path,
  );
  if (flags.json === true) {
    io.out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const verdict = textOf(answer['verdict']);
  io.out(`${coloured(io, verdict === 'accept' ? 'green' : 'red', escapeHidden(verdict))}\n`);
  for (const one of objectsOf(answer['cases'])) told(io, caseLines(one));
  leftOff(io, answer);
  takenFromNow(io, answer);
  told(io, aheadLines(answer));
}

/** `reach`: who can open a connection to an end, or where one can be opened from it. */
export function addReach(program: Command, io: CliIo): void {
  withQuestion(withApiFlags(program.command('reach')), { ends: 'one' })
    .description('tell who can open a connection to an end, or where one can be opened from it')
    .action(async (flags: QuestionFlags) => {
      const api = await apiOf(flags, io);
      const path = '/api/V2/reach';
      const body = questionOf(flags);
      const answer = shaped<JsonObject>(
        await api.post(path, body, { timeoutMs: TIMEOUT_MS }),
        { rows: 'list' },
        api.url + path,
      );
      if (flags.json === true) {
        io.out(`${JSON.stringify(answer)}\n`);
        return;
      }
      const rows = objectsOf(answer['rows']);
      told(io, rows.length === 0 ? ['nobody'] : rows.map(rowLine));
      leftOff(io, answer);
      takenFromNow(io, answer);
      told(io, aheadLines(answer));
    });
}

/** Of all groups, how far the server has come is told on standard error where somebody looks. */
async function readAnalysis(api: Api, group: string | undefined, io: CliIo): Promise<JsonObject> {
  const all = '/api/V2/analysis/rules';
  const tell = ({ groups, of, found }: AnalysisProgress): void => {
    if (io.terminal !== undefined) io.err(`${groups} of ${of} groups, ${found} rules found\n`);
  };
  if (group === undefined) return shaped<JsonObject>(await readLines(api, all, tell), { rules: 'list' }, api.url + all);
  const path = `/api/V2/group/${encodeURIComponent((await findGroup(api, group)).id)}/analysis`;
  return shaped<JsonObject>(await api.get(path, { timeoutMs: TIMEOUT_MS }), { rules: 'list' }, api.url + path);
}

/** `analysis`: rules that never decide or that nothing needs, what nobody uses, sets near their limit. */
export function addAnalysis(program: Command, io: CliIo): void {
  withApiFlags(program.command('analysis'))
    .description('list rules that never decide or that nothing needs, what nobody uses, sets near their limit')
    .option('--group <name>', 'of one group, by name or id')
    .action(async (flags: ApiFlags & { readonly group?: string }) => {
      const answer = await readAnalysis(await apiOf(flags, io), flags.group, io);
      if (flags.json === true) {
        io.out(`${JSON.stringify(answer)}\n`);
        return;
      }
      const lines = analysisLines(answer);
      told(io, lines.length === 0 ? ['nothing found'] : lines);
      leftOff(io, answer);
    });
}
