import type { Document, Json } from '../../model/document.js';
import type { DriftAnswer, HostLine } from '../../operations/fleet-answers.js';
import { hostLine } from '../../operations/host-line.js';
import type { Operations } from '../../operations/operations.js';
import type { Store } from '../../store/store.js';
import { ApiError } from '../errors.js';
import { compiled } from './compiled-text.js';
import { ConsoleError } from './console-error.js';
import type { ConsoleEval } from './eval/console-eval.js';
import { evalContext } from './eval/eval-context.js';
import { EXPLAIN_USAGE, explained } from './explain-line.js';
import { traceForAWhile } from './trace-for-a-while.js';

/** What the console asks of the server. All of it reads, but what `eval` is given. */
export interface ConsoleNeeds {
  readonly operations: Pick<
    Operations,
    | 'tree'
    | 'actors'
    | 'alarms'
    | 'refusedHosts'
    | 'drift'
    | 'fleet'
    | 'publishing'
    | 'readiness'
    | 'standing'
    | 'questions'
  >;
  /** The rows of all hosts. */
  readonly hosts: () => Promise<readonly Document[]>;
  readonly store: Pick<Store, 'get'>;
  /** Undefined: no code is taken (`console.eval`). */
  readonly evaluates: ConsoleEval | undefined;
}

/** What may follow a verb, for those who complete it. */
export type ConsoleArgument = 'group name' | 'state or group' | 'host name' | 'path' | 'end' | 'protocol' | 'family';

interface Verb {
  /** What follows the verb; blank: nothing may. */
  readonly usage: string;
  readonly says: string;
  /** Of what kind each word after it is, as far as it can be completed. */
  readonly takes?: readonly ConsoleArgument[];
  /** Spaces between words are one, unless what follows is taken as it is. */
  readonly asItIs?: true;
  readonly answer: (needs: ConsoleNeeds, argument: string) => unknown;
}

/** Most characters of a line. */
export const MOST_LINE = 1000;
const MOST_HOSTS = 200;
/** How long a trace may take: the console waits for 10 s. */
const TRACE_SECONDS = { least: 1, most: 8, usual: 3 } as const;

/** Every verb of `dog-trainer console` (docs/command-line.md#the-console). */
export const CONSOLE_VERBS: Readonly<Record<string, Verb>> = {
  status: {
    usage: '',
    says: 'whether all is well, and what is not',
    answer: ({ operations }) => operations.fleet.status(),
  },
  ready: { usage: '', says: 'whether the server does its work', answer: ({ operations }) => operations.readiness() },
  role: { usage: '', says: 'whether it leads', answer: ({ operations }) => operations.standing() },
  groups: { usage: '', says: 'every group', answer: ({ operations }) => operations.fleet.groups() },
  drift: {
    usage: '[GROUP]',
    says: 'hosts that have drifted',
    takes: ['group name'],
    answer: ({ operations }, group) => driftedOf(operations, group),
  },
  hosts: {
    usage: '[TEXT]',
    says: `hosts, or those of this state or group, or with this in their name or hostkey; ${MOST_HOSTS} at most`,
    takes: ['state or group'],
    answer: async ({ hosts }, text) => listed(await hosts(), text),
  },
  host: {
    usage: 'NAME',
    says: 'one host against what it should have, by name, hostkey or id',
    takes: ['host name'],
    answer: async ({ operations }, name) => found(await operations.drift(name), `host ${name}`),
  },
  compile: {
    usage: 'GROUP [v4|v6]',
    says: 'how compiling a group went; with v4 or v6 the text of its ruleset',
    takes: ['group name', 'family'],
    answer: ({ operations, store }, argument) => compiled(operations.fleet.groups(), store, argument),
  },
  tree: {
    usage: '[PATH]',
    says: 'supervisors and actors below a path, 50 children of each',
    takes: ['path'],
    answer: ({ operations }, path) =>
      found(operations.tree({ limit: 50, ...(path === '' ? {} : { path }) }), `actor with the path ${path}`),
  },
  state: {
    usage: 'PATH',
    says: 'one actor: its state as it shows it, mailbox, last crash with its report',
    takes: ['path'],
    answer: ({ operations }, path) => found(operations.actors.status(path), `actor with the path ${path}`),
  },
  trace: {
    usage: 'PATH [SECONDS]',
    says: `what one actor handles for ${TRACE_SECONDS.usual} seconds, or this many, at most ${TRACE_SECONDS.most}`,
    takes: ['path'],
    answer: ({ operations }, argument) => traced(operations.actors, argument),
  },
  explain: {
    usage: EXPLAIN_USAGE,
    says: 'whether a connection works, and which rule decides: any, an address, a network, host:NAME, group:NAME, zone:NAME',
    takes: ['end', 'end', 'protocol', 'family', 'family'],
    answer: ({ operations }, argument) => explained(operations, argument),
  },
  publishing: { usage: '', says: 'whether publishing is paused', answer: ({ operations }) => operations.publishing() },
  alarms: { usage: '', says: 'what is wrong as long as it lasts', answer: ({ operations }) => operations.alarms() },
  refused: {
    usage: '',
    says: 'hosts whose reports are refused',
    answer: ({ operations }) => operations.refusedHosts(),
  },
  eval: {
    usage: 'CODE',
    says: 'the value of JavaScript that runs in the server, where console.eval is true',
    asItIs: true,
    answer: evaluated,
  },
  help: {
    usage: '',
    says: 'this list',
    answer: () =>
      Object.fromEntries(
        Object.entries(CONSOLE_VERBS).map(([name, verb]) => [`${name} ${verb.usage}`.trim(), verb.says]),
      ),
  },
};

/** Answers one line: a verb and what follows it. Rejects with `ConsoleError` for what is no such line. */
export async function answerLine(needs: ConsoleNeeds, line: string): Promise<Json> {
  if (line.length > MOST_LINE) throw new ConsoleError(`a line has at most ${MOST_LINE} characters`);
  const [, name = '', given = ''] = /^(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const verb = Object.hasOwn(CONSOLE_VERBS, name) ? CONSOLE_VERBS[name] : undefined;
  if (verb === undefined) throw new ConsoleError(`there is no ${JSON.stringify(name)}; help lists what there is`);
  const argument = verb.asItIs === true ? given : given.replace(/\s+/g, ' ');
  if (verb.usage === '' && argument !== '') throw new ConsoleError(`nothing follows ${name}`);
  if (/^[A-Z]/.test(verb.usage) && argument === '') throw new ConsoleError(`usage: ${name} ${verb.usage}`);
  return (await verb.answer(needs, argument)) as Json;
}

async function evaluated({ evaluates, operations, hosts }: ConsoleNeeds, code: string): Promise<string> {
  if (evaluates === undefined)
    throw new ConsoleError(
      'eval is off: it runs any code in the server; console.eval: true in the configuration and a restart turn it on',
    );
  const outcome = await evaluates(code, evalContext({ operations, hosts }));
  if (!outcome.ok) throw new ConsoleError(outcome.reason);
  return outcome.shown;
}

/** Blank: of all groups. */
function driftedOf({ fleet }: ConsoleNeeds['operations'], group: string): DriftAnswer {
  const answer = fleet.drifted({ limit: 1000, ...(group === '' ? {} : { group }) });
  // Hosts may name a group that is none.
  if (group !== '' && answer.total + answer.converging === 0)
    found(
      fleet.groups().find(({ name }) => name === group),
      `group ${group}`,
    );
  return answer;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ApiError('not_found', {}, { text: `there is no ${what}` });
  return value;
}

interface ListedHosts {
  readonly total: number;
  readonly hosts: readonly HostLine[];
}

function listed(rows: readonly Document[], text: string): ListedHosts {
  const lines = rows.map((row) => hostLine(row));
  const wanted = lines.filter(
    ({ state, group, name, hostkey }) =>
      text === '' || state === text || group === text || name.includes(text) || hostkey.includes(text),
  );
  wanted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { total: wanted.length, hosts: wanted.slice(0, MOST_HOSTS) };
}

/** The last word is the seconds if it is a number; ids in a path may hold spaces. */
function traced(actors: ConsoleNeeds['operations']['actors'], argument: string): unknown {
  const [, path = argument, text] = /^(.*\S) (\d+)$/.exec(argument) ?? [];
  const seconds = text === undefined ? TRACE_SECONDS.usual : Number(text);
  if (seconds < TRACE_SECONDS.least || seconds > TRACE_SECONDS.most)
    throw new ConsoleError(`seconds must be a whole number from ${TRACE_SECONDS.least} to ${TRACE_SECONDS.most}`);
  return found(traceForAWhile(actors, path, seconds * 1000), `running actor with the path ${path}`);
}
