import { HOST_STATES } from '../../host/host-state.js';
import { textOf } from '../../model/text-of.js';
import { FAMILIES } from './compiled-text.js';
import { CONSOLE_VERBS, type ConsoleArgument, type ConsoleNeeds, MOST_LINE } from './console-verbs.js';

/** What may stand in place of the last word of a line. */
export interface Completion {
  readonly candidates: readonly string[];
  readonly word: string;
}

/** More than these help nobody. */
const MOST_CANDIDATES = 100;
/** Protocols that rules are mostly about; any other can be typed. */
const PROTOCOLS = ['any', 'tcp', 'udp', 'icmp', 'ipv6-icmp'] as const;

/** Completes the last word of a line of the console: a verb, or what it takes. */
export async function completeLine(needs: ConsoleNeeds, line: string): Promise<Completion> {
  // It is refused when it is asked.
  if (line.length > MOST_LINE) return { candidates: [], word: line };
  const words = line.trimStart().split(/ +/);
  const word = words.at(-1) ?? '';
  const [name = ''] = words;
  const all =
    words.length === 1
      ? Object.keys(CONSOLE_VERBS).map((verb) => `${verb} `)
      : await wordsFor(needs, argumentOf(name, words.length - 2), word);
  return { candidates: all.filter((one) => one.startsWith(word)).slice(0, MOST_CANDIDATES), word };
}

function argumentOf(name: string, index: number): ConsoleArgument | undefined {
  return Object.hasOwn(CONSOLE_VERBS, name) ? CONSOLE_VERBS[name]?.takes?.[index] : undefined;
}

async function wordsFor(
  { operations, hosts }: ConsoleNeeds,
  kind: ConsoleArgument | undefined,
  word: string,
): Promise<readonly string[]> {
  const groups = (): readonly string[] => operations.fleet.groups().map(({ name }) => name);
  const names = async (): Promise<readonly string[]> => (await hosts()).map((row) => textOf(row['name'])).sort();
  switch (kind) {
    case 'group name':
      return groups();
    case 'state or group':
      return [...HOST_STATES, ...groups()];
    case 'host name':
      return names();
    case 'path':
      return pathsBelow(operations, word);
    case 'end':
      return ['any', ...groups().map((name) => `group:${name}`), ...(await names()).map((name) => `host:${name}`)];
    case 'protocol':
      return [...PROTOCOLS, ...FAMILIES];
    case 'family':
      return FAMILIES;
    case undefined:
      return [];
  }
}

/** Paths are completed a level at a time, as those of files are. */
function pathsBelow({ tree }: Pick<ConsoleNeeds['operations'], 'tree'>, word: string): readonly string[] {
  const top = tree({ depth: 0 });
  if (top === undefined) return [];
  const slash = word.lastIndexOf('/');
  if (slash === -1) return [top.path];
  const parent = tree({ path: word.slice(0, slash), depth: 1, limit: 1000 });
  return (parent?.children ?? []).map(({ path, type }) => (type === 'supervisor' ? `${path}/` : path));
}
