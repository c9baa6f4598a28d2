import type { Json } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';

/** What the console asks of the server. All of it reads; nothing is changed and no code from outside is run. */
export type ConsoleOperations = Pick<
  Operations,
  'tree' | 'alarms' | 'refusedHosts' | 'drift' | 'fleet' | 'publishing' | 'readiness' | 'standing'
>;

/** A line that is none of the verbs, or lacks what its verb needs. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
}

interface Verb {
  /** What follows the verb; blank: nothing may. */
  readonly usage: string;
  readonly says: string;
  readonly answer: (operations: ConsoleOperations, argument: string) => unknown;
}

const MOST_CHARACTERS = 1000;

/** Every verb of `dog-trainer console` (docs/command-line.md#the-console). */
export const CONSOLE_VERBS: Readonly<Record<string, Verb>> = {
  status: { usage: '', says: 'whether all is well, and what is not', answer: ({ fleet }) => fleet.status() },
  ready: { usage: '', says: 'whether the server does its work', answer: ({ readiness }) => readiness() },
  role: { usage: '', says: 'whether it leads', answer: ({ standing }) => standing() },
  groups: { usage: '', says: 'every group', answer: ({ fleet }) => fleet.groups() },
  drift: {
    usage: '[GROUP]',
    says: 'hosts that have drifted',
    answer: ({ fleet }, group) => fleet.drifted({ limit: 1000, ...(group === '' ? {} : { group }) }),
  },
  host: {
    usage: 'NAME',
    says: 'one host against what it should have, by name, hostkey or id',
    answer: async ({ drift }, name) => found(await drift(name), `host ${name}`),
  },
  compile: {
    usage: 'GROUP',
    says: 'how compiling a group went',
    answer: ({ fleet }, name) =>
      found(
        fleet.groups().find((group) => group.name === name || group.id === name),
        `group ${name}`,
      ),
  },
  tree: {
    usage: '[PATH]',
    says: 'supervisors and actors below a path, 50 children of each',
    answer: ({ tree }, path) =>
      found(tree({ limit: 50, ...(path === '' ? {} : { path }) }), `actor with the path ${path}`),
  },
  state: {
    usage: 'PATH',
    says: 'one actor: state, mailbox, last crash, what it says of itself',
    answer: ({ tree }, path) => {
      const { children: _children, ...own } = found(tree({ limit: 1, path }), `actor with the path ${path}`);
      return own;
    },
  },
  publishing: { usage: '', says: 'whether publishing is paused', answer: ({ publishing }) => publishing() },
  alarms: { usage: '', says: 'what is wrong as long as it lasts', answer: ({ alarms }) => alarms() },
  refused: { usage: '', says: 'hosts whose reports are refused', answer: ({ refusedHosts }) => refusedHosts() },
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
export async function answerLine(operations: ConsoleOperations, line: string): Promise<Json> {
  if (line.length > MOST_CHARACTERS) throw new ConsoleError(`a line has at most ${MOST_CHARACTERS} characters`);
  const [name = '', ...rest] = line.trim().split(/\s+/);
  const argument = rest.join(' ');
  const verb = Object.hasOwn(CONSOLE_VERBS, name) ? CONSOLE_VERBS[name] : undefined;
  if (verb === undefined) throw new ConsoleError(`there is no ${JSON.stringify(name)}; help lists what there is`);
  if (verb.usage === '' && argument !== '') throw new ConsoleError(`nothing follows ${name}`);
  if (/^[A-Z]/.test(verb.usage) && argument === '') throw new ConsoleError(`usage: ${name} ${verb.usage}`);
  return (await verb.answer(operations, argument)) as Json;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ConsoleError(`there is no ${what}`);
  return value;
}
