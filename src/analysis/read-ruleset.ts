import type { Family } from '../firewall/addresses/family.js';
import { AnalysisError } from './analysis-error.js';
import type { Chain } from './packet.js';
import { readLine } from './read-line.js';
import { NOTING } from './read-option.js';
import type { Line, OutOfScope, Ruleset } from './ruleset.js';
import type { RuleVerdict } from './verdict.js';

const POLICY: Readonly<Record<string, RuleVerdict>> = { ACCEPT: 'accept', DROP: 'drop' };
const BUILT_IN: readonly string[] = ['INPUT', 'FORWARD', 'OUTPUT'];
/** What `iptables-save` says of a host that filters in other places too. */
const ELSEWHERE = /^# (?:Warning: iptables(?:-legacy)? tables present|Table `\S+' is incompatible)/;
const DECLARED = /^:(\S+) (\S+)(?: \[\d+:\d+\])?\s*$/;

/** Packets and bytes before a rule, as `iptables-save -c` prints them. */
const COUNTED = /^\[\d+:\d+\] /;

function isRule(line: string): boolean {
  return line.startsWith('-A ') || (line.startsWith('[') && line.replace(COUNTED, '').startsWith('-A '));
}

/** The table while its lines are read. */
class TableDraft {
  readonly #family: Family;
  readonly #foreign: boolean;
  readonly #policies = new Map<string, RuleVerdict>();
  readonly #elsewhere: OutOfScope[] = [];
  readonly #chains = new Map<string, Line[]>();

  constructor(family: Family, foreign: boolean) {
    this.#family = family;
    this.#foreign = foreign;
  }

  declare(line: string, number: number): void {
    const [, name, policy] = DECLARED.exec(line) ?? [];
    if (name === undefined || policy === undefined) throw new AnalysisError('give :CHAIN POLICY [0:0]', number);
    if (NOTING.has(name)) throw new AnalysisError(`chain ${name} has the name of a target`, number);
    if (this.#chains.has(name)) throw new AnalysisError(`chain ${name} is declared twice`, number);
    this.#chains.set(name, []);
    if (policy === '-' && !BUILT_IN.includes(name)) return;
    const verdict = POLICY[policy];
    if (verdict === undefined || !BUILT_IN.includes(name)) {
      throw new AnalysisError(`the policy of ${name} is ACCEPT or DROP, and - for a chain of one's own`, number);
    }
    this.#policies.set(name, verdict);
  }

  /** Rules in a place that the text does not have may decide as well. */
  elsewhere(line: string, lineNumber: number): void {
    this.#elsewhere.push({ line, lineNumber, reason: 'the host filters with other tables too, which are not here' });
  }

  add(text: string, number: number): void {
    const rule = text.startsWith('[') ? text.replace(COUNTED, '') : text;
    const line = readLine(rule, number, this.#family, this.#foreign);
    const chain = this.#chains.get(line.chain);
    if (chain === undefined) throw new AnalysisError(`chain ${line.chain} is not declared`, number);
    chain.push(line);
  }

  #policy(chain: Chain): RuleVerdict {
    const policy = this.#policies.get(chain);
    if (policy === undefined) throw new AnalysisError(`the table has no chain ${chain}`);
    return policy;
  }

  /** Jumps to chains that are not there, once all are known. */
  #resolve(line: Line): Line {
    if (line.target.kind !== 'jump' || this.#chains.has(line.target.chain)) return line;
    const reason = `the target ${line.target.chain} is not understood`;
    if (!this.#foreign) throw new AnalysisError(reason, line.number);
    return { ...line, target: { kind: 'unknown' }, foreign: reason };
  }

  finish(): Ruleset {
    const chains = new Map<string, readonly Line[]>();
    const outOfScope: OutOfScope[] = [];
    for (const [name, lines] of this.#chains) {
      const resolved = lines.map((line) => this.#resolve(line));
      chains.set(name, resolved);
      for (const { text, number, foreign } of resolved) {
        if (foreign !== null) outOfScope.push({ line: text, lineNumber: number, reason: foreign });
      }
    }
    outOfScope.sort((a, b) => a.lineNumber - b.lineNumber);
    const policies = { INPUT: this.#policy('INPUT'), OUTPUT: this.#policy('OUTPUT') };
    return { family: this.#family, policies, chains, outOfScope, elsewhere: this.#elsewhere };
  }
}

/**
 * Reads the filter table of a text for `iptables-restore` or of `iptables-save`. `foreign`: it is what a host printed,
 * so other tables are passed over and lines that we don't know are listed (`outOfScope`); else they are errors.
 * @throws AnalysisError that names the line.
 */
export function readRuleset(text: string, family: Family, { foreign = false } = {}): Ruleset {
  const draft = new TableDraft(family, foreign);
  let place: 'before' | 'filter' | 'other' | 'after' = 'before';
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const line = raw.trim();
    if (foreign && ELSEWHERE.test(line)) draft.elsewhere(line, number);
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) {
      if (place === 'filter' || place === 'other') throw new AnalysisError('a table inside of a table', number);
      if (line === '*filter' && place === 'before') place = 'filter';
      else if (line === '*filter' || !foreign) throw new AnalysisError('give one table, *filter', number);
      else place = place === 'after' ? 'after' : 'other';
    } else if (line === 'COMMIT') {
      if (place === 'filter') place = 'after';
      else if (place === 'other') place = 'before';
      else if (!foreign) throw new AnalysisError('COMMIT without a table', number);
    } else if (place === 'filter') {
      if (line.startsWith(':')) draft.declare(line, number);
      else if (isRule(line)) draft.add(raw, number);
      else throw new AnalysisError(`${JSON.stringify(line)} is not a chain, a rule or COMMIT`, number);
    } else if (!foreign) {
      throw new AnalysisError('no table is open: begin with *filter', number);
    }
  }
  if (place !== 'after') throw new AnalysisError('the text has no whole table *filter to COMMIT');
  return draft.finish();
}
