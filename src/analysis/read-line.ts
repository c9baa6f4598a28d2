import type { Family } from '../firewall/addresses/family.js';
import { splitClosed } from '../firewall/iptables/split-arguments.js';
import { AnalysisError } from './analysis-error.js';
import { NOTING, readOption } from './read-option.js';
import { LineDraft } from './line-draft.js';
import type { Line } from './ruleset.js';

/** The words of a line as `iptables-restore` splits them; undefined if a quote stays open. */
function wordsOf(line: string): readonly string[] | undefined {
  if (/["\t]/.test(line)) return splitClosed(line);
  // Others have one blank between two words, nearly always.
  const words = line.split(' ');
  return words.includes('') ? words.filter((word) => word !== '') : words;
}

/** The same, and others that only hosts have: they mark or count a packet, and no match that we know asks for that. */
const HOSTS_NOTING: ReadonlySet<string> = new Set([...NOTING, ...['ULOG', 'MARK', 'CONNMARK', 'TRACE', 'AUDIT']]);

/** Whether a line of a host decides nothing, whatever it asks for: its target is given once, and notes only. */
function onlyNotes(words: readonly string[]): boolean {
  const places = [...words.keys()].filter((at) => words[at] === '-j' || words[at] === '-g');
  const [at, ...more] = places;
  // A list of `recent` may be looked at by other lines.
  return at !== undefined && more.length === 0 && HOSTS_NOTING.has(words[at + 1] ?? '') && !words.includes('recent');
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
  if (foreign && onlyNotes(words)) return draft.nothing();
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
