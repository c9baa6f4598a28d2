import type { Family } from '../firewall/addresses/family.js';
import { splitArguments } from '../firewall/iptables/split-arguments.js';
import { AnalysisError } from './analysis-error.js';
import { readOption } from './read-option.js';
import { LineDraft } from './line-draft.js';
import type { Line } from './ruleset.js';

/** The words of a line as `iptables-restore` splits them; undefined if a quote stays open. */
function wordsOf(line: string): readonly string[] | undefined {
  // Most lines have no comment.
  if (!/["\t]/.test(line)) return line.split(' ').filter((word) => word !== '');
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted;
    else if (quoted && line[at] === '\\') at += 1;
  }
  return quoted ? undefined : splitArguments(line);
}

/**
 * Reads one `-A CHAIN …` line. In a host's own text (`foreign`) a match that we don't know is noted: what was read
 * before it still narrows the packets that can come to the line, and what it does with them is unknown.
 * @throws AnalysisError that names line and reason.
 */
export function readLine(text: string, number: number, family: Family, foreign: boolean): Line {
  const words = wordsOf(text);
  const [, chain] = words ?? [];
  if (words === undefined || chain === undefined) throw new AnalysisError('a quote stays open, or no chain', number);
  const draft = new LineDraft(text, number, chain, family);
  let at = 2;
  while (at < words.length) {
    const negated = words[at] === '!';
    if (negated) at += 1;
    const taken = readOption(draft, words, at, negated);
    if (typeof taken === 'string') {
      if (!foreign) throw new AnalysisError(taken, number);
      return draft.unknown(taken);
    }
    at += taken;
  }
  const line = draft.finish();
  if (typeof line !== 'string') return line;
  if (!foreign) throw new AnalysisError(line, number);
  return draft.unknown(line);
}
