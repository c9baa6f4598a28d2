import type { Family } from '../firewall/addresses/family.js';
import { AnalysisError } from './analysis-error.js';
import { bindRuleset, type Filter } from './filter.js';
import { readRuleset } from './read-ruleset.js';
import { readSets } from './read-sets.js';

/** What a text can't be read for, with the name of the file. */
export class TextFault extends AnalysisError {
  constructor(what: string, { line, reason }: AnalysisError) {
    super(`${what}: ${line === null ? '' : `line ${line}: `}${reason}`);
  }
}

function reading<Read>(what: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof AnalysisError) throw new TextFault(what, error);
    throw error;
  }
}

/** A text and how to speak of it, as its file's name. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** The family that a text for `iptables-restore` or `ip6tables-restore` is of, by the lines that only one takes. */
function familyOfText({ name, text }: NamedText): Family {
  try {
    readRuleset(text, 'v4');
    return 'v4';
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    try {
      readRuleset(text, 'v6');
      return 'v6';
    } catch {
      // Neither family: the reason of the family that it says it is of is the better one.
      const family = /icmp6-|ipv6-icmp|[gz]v6 /.test(text) ? 'v6' : 'v4';
      reading(name, () => readRuleset(text, family));
      throw error;
    }
  }
}

/**
 * Reads a ruleset and the sets that it names. Without `family`, the lines tell it.
 * @throws TextFault that names text, line and reason.
 */
export function readTexts(rules: NamedText, sets: NamedText | null, family?: Family): Filter {
  const ruleset = reading(rules.name, () => readRuleset(rules.text, family ?? familyOfText(rules)));
  const contents = sets === null ? new Map() : reading(sets.name, () => readSets(sets.text));
  return reading(rules.name, () => bindRuleset(ruleset, contents));
}
