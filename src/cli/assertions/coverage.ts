import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { type CliIo, CommandFailure } from '../cli-io.js';
import type { Api } from '../remote/api-client.js';
import { said } from './said.js';

/** Most characters of one line of the answer: 500 mutants are listed. */
const LONGEST_LINE = 16 << 20;

/** Reads how far the server has come, which it prints on standard error, then the result. */
export async function readCoverage(api: Api, path: string, io: CliIo): Promise<JsonObject> {
  const leaving = new AbortController();
  const body = await api.open(path, leaving.signal, 'application/x-ndjson');
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const piece of body) {
      rest += decoder.decode(piece, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw new CommandFailure(`${api.url}${path}: a line is too long`);
      for (const line of lines) {
        const news = JSON.parse(line) as JsonObject;
        const progress = news['progress'] as JsonObject | undefined;
        if (progress !== undefined) io.err(`${progressText(progress)}\n`);
        else if (news['result'] !== undefined) return news['result'] as JsonObject;
        else throw new CommandFailure(textOf(news['error']));
      }
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${api.url}${path} broke off: ${(error as Error).message}`, { cause: error });
  } finally {
    leaving.abort();
  }
  throw new CommandFailure(`${api.url}${path} ended without a result`);
}

function progressText({ rules, mutants, unnoticed, group }: JsonObject): string {
  return `${said(rules)} rules, ${said(mutants)} changes tried, ${said(unnoticed)} unnoticed; now group ${textOf(group)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  delete: 'without it',
  flip: 'with the other verdict',
  widen_ports: 'with every port',
  widen_peer: 'for anybody',
  swap_with_next: 'swapped with the next',
};

/** For people: the changes that nothing notices, and what would. */
export function printCoverage(found: JsonObject): string {
  const count = (key: string): number => Number(found[key]);
  const unnoticed = (found['unnoticed'] ?? []) as readonly JsonObject[];
  const lines = unnoticed.flatMap((one) => {
    const { groups, direction, index, comment, mutant, assertion } = one;
    const about = textOf(comment) === '' ? '' : ` (${textOf(comment)})`;
    const where = (groups as readonly string[]).slice(0, 5).join(', ');
    const what = `${where}: ${textOf(direction)} rule ${Number(index) + 1}${about} ${WORDS[textOf(mutant)] ?? textOf(mutant)}`;
    if (assertion === null || assertion === undefined) return [what, '  no assertion about new connections would'];
    const { from, to, protocol, port, expect } = assertion as JsonObject;
    const at = port === undefined ? '' : `/${said(port)}`;
    return [what, `  ${textOf(expect)}: ${textOf(from)} -> ${textOf(to)} ${textOf(protocol)}${at}`];
  });
  const more = count('unnoticed_count') - unnoticed.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
    `${count('rules')} rules, ${count('mutants')} changes: ${count('noticed')} noticed, ${count('unnoticed_count')} not, ${count('equivalent')} without effect`,
    '',
  ].join('\n');
}
