import { EMPTY_HASH } from '../hash/sha256.js';
import { agentRulesetHash } from './normalize-ruleset.js';

/** What a host printed when it was asked for its filter table. */
export type ReadBackText = { readonly hash: string } | { readonly unreadable: string };

/** The Erlang agent appends a module's name to a command's output if the command also wrote to standard error. */
const AFTERTHOUGHT = /Elixir\.StdErr\s*$/;

/**
 * The hash of what `iptables-save -t filter` printed, to be compared with that of the text that was sent. Empty output
 * is an empty table. Output of more than `most` characters, or that is not a whole table, is unreadable.
 */
export function readBackHash(printed: string, most: number): ReadBackText {
  if (printed.length > most)
    return { unreadable: `the host printed ${printed.length} characters, more than the ${most} that are read` };
  const text = printed.replace(AFTERTHOUGHT, '');
  if (text.trim() === '') return { hash: EMPTY_HASH };
  const lines = text.split('\n').map((line) => line.trim());
  if (!lines.includes('*filter') || !lines.includes('COMMIT'))
    return { unreadable: 'what the host printed is not a whole filter table (*filter to COMMIT)' };
  return { hash: agentRulesetHash(text) };
}
