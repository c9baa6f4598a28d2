import type { Family } from '../firewall/addresses/family.js';
import { AnalysisError } from './analysis-error.js';
import { bindRuleset, type Filter } from './filter.js';
import { readRuleset } from './read-ruleset.js';
import { readHostSets, readSets } from './read-sets.js';

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

/** The family of a host's text: the one of which more is understood. */
function familyOfHostText({ name, text }: NamedText): Family {
  const [v4, v6] = (['v4', 'v6'] as const).map((family) =>
    reading(name, () => readRuleset(text, family, { foreign: true })),
  );
  return (v6?.outOfScope.length ?? 0) < (v4?.outOfScope.length ?? 0) ? 'v6' : 'v4';
}

export interface ReadTextsOptions {
  /** Without it, the lines tell it. */
  readonly family?: Family;
  /** The text is a host's own: what we can't read of it is told (`outOfScope`), and no error. */
  readonly foreign?: boolean;
}

/**
 * Reads a ruleset and the sets that it names.
 * @throws TextFault that names text, line and reason.
 */
export function readTexts(
  rules: NamedText,
  sets: NamedText | null,
  { family, foreign = false }: ReadTextsOptions = {},
): Filter {
  const meant = family ?? (foreign ? familyOfHostText(rules) : familyOfText(rules));
  const ruleset = reading(rules.name, () => readRuleset(rules.text, meant, { foreign }));
  if (!foreign) {
    const contents = sets === null ? new Map() : reading(sets.name, () => readSets(sets.text));
    return reading(rules.name, () => bindRuleset(ruleset, contents));
  }
  const { contents, unread } = reading(sets?.name ?? '', () => readHostSets(sets?.text ?? ''));
  const filter = reading(rules.name, () => bindRuleset(ruleset, contents, { foreign }));
  return {
    ...filter,
    outOfScope: filter.outOfScope.map((one) => {
      // A set that is there and can't be read is not one that is missing.
      const why = [...unread.values()].find(
        ({ line }) => one.reason === `the set ${line.split(' ')[1]} does not exist`,
      );
      return why === undefined ? one : { ...one, reason: `set ${why.line.split(' ')[1]}: ${why.reason}` };
    }),
  };
}
