import type { ErlangTerm } from '../erlang-terms.js';
import type { KeySpec } from '../key-spec.js';
import { describeSpec, readValue } from '../read-value.js';
import { KEYS } from '../schema.js';
import type { ImportFindings } from './import-findings.js';
import { readProplist } from './proplist.js';
import type { Proplist } from './proplist.js';
import { kindOf, showTerm } from './show-term.js';
import { placeholderInTerm } from './template-text.js';
import { addressText, plainTerm } from './plain-term.js';

/** A setting of the Erlang server. */
export interface Setting {
  /** Our name for it. */
  readonly key: string;
  /** Its path in the original: `thumper.brokers.port`. */
  readonly from: string;
  readonly file: string;
  readonly term: ErlangTerm;
}

/** A place in the original. */
export type Place = Pick<Setting, 'from' | 'file'>;

/** Empty in the examples of the Erlang server's documentation; servers refuse an empty user, so the default stays. */
const EMPTY_IS_ABSENT: ReadonlySet<string> = new Set(['rethinkdb_username', 'broker.user', 'broker.password']);
/** Where `undefined` does not simply mean that a feature is off. */
const UNDEFINED_IS_UNREADABLE = /^(rethinkdb_|store\.|broker\.)/;
/** Where an empty string would be replaced by a default that means something else. */
const EMPTY_IS_UNREADABLE = /^broker\.|\.dir$/;
const HOSTS: ReadonlySet<string> = new Set(['rethinkdb_host', 'broker.host', 'smtp_relay']);

/** Reads the Erlang server's terms by the schema of our keys; what cannot be read goes to the findings, by name. */
export class SettingReader {
  readonly #findings: ImportFindings;

  constructor(findings: ImportFindings) {
    this.#findings = findings;
  }

  /** The value of a setting; `undefined` when it is unset, or was lost and is named in the findings. */
  value(setting: Setting): unknown {
    const { key, from, file, term } = setting;
    const spec = KEYS.get(key);
    if (spec === undefined || spec.ignored !== undefined) {
      this.#findings.note(from, spec?.ignored);
      return undefined;
    }
    if (EMPTY_IS_ABSENT.has(key) && isEmpty(term)) {
      this.#findings.warn(`${file}: ${from} is empty: ${key} stays at its default`);
      return undefined;
    }
    const placeholder = placeholderInTerm(term);
    if (placeholder !== undefined) {
      this.#template(setting, placeholder, `${key} must be ${describeSpec(spec)}`);
      return undefined;
    }
    const raw = EMPTY_IS_UNREADABLE.test(key) && isEmpty(term) ? undefined : rawValue(key, spec, term);
    const reading = raw === undefined ? undefined : readValue(spec, raw.value, false);
    if (reading?.ok === true) {
      if (spec.type === 'path' && typeof reading.value === 'string' && !reading.value.startsWith('/')) {
        this.#findings.warn(
          `${file}: ${from} is relative to a directory of the Erlang server: write the whole path into ${key}`,
        );
      }
      if (reading.value === undefined) this.#findings.warn(`${file}: ${from} is empty: ${key} is left out`);
      return reading.value;
    }
    const found = spec.secret === true ? `is ${kindOf(term)}` : `= ${showTerm(term)}`;
    this.#findings.lose({ file, from, found, wanted: `${key} must be ${describeSpec(spec)}` });
    return undefined;
  }

  /** The options at a place; `undefined`, and a loss, when there is something else. */
  options({ from, file }: Place, term: ErlangTerm, wanted: string): Proplist | undefined {
    const read = readProplist(term);
    if (read === undefined) {
      const placeholder = placeholderInTerm(term);
      if (placeholder === undefined) this.#findings.lose({ file, from, found: `is ${kindOf(term)}`, wanted });
      else this.#template({ from, file }, placeholder, wanted);
      return undefined;
    }
    for (const item of read.strange) {
      this.#findings.lose({
        file,
        from,
        found: `holds ${kindOf(item)} that is neither {name, value} nor an atom`,
        wanted,
      });
    }
    for (const [name, { same }] of read.twice) {
      const which = term.kind === 'map' ? 'last' : 'first';
      this.#findings.warn(
        `${file}: ${from}.${name} stands twice, with ${same ? 'one value' : `two values: the ${which} counts, as in Erlang`}`,
      );
    }
    return read;
  }

  #template({ from, file }: Place, placeholder: string, wanted: string): void {
    this.#findings.lose({
      file,
      from,
      found: `holds ${JSON.stringify(placeholder)}, template text that was not filled in`,
      wanted: `${wanted}; import the file that the template makes`,
    });
  }
}

function isEmpty(term: ErlangTerm): boolean {
  return (term.kind === 'text' && term.text === '') || (term.kind === 'list' && term.items.length === 0);
}

/** The term as `readValue` takes it; `undefined` where its kind does not fit, whatever YAML would make of it. */
function rawValue(key: string, spec: KeySpec, term: ErlangTerm): { readonly value: unknown } | undefined {
  if (term.kind === 'atom' && term.name === 'undefined') {
    return UNDEFINED_IS_UNREADABLE.test(key) ? undefined : { value: null };
  }
  switch (spec.type) {
    case 'integer':
    case 'number':
      return term.kind === 'number' ? { value: term.value } : undefined;
    case 'boolean':
      return term.kind === 'atom' ? { value: plainTerm(term, false) } : undefined;
    case 'texts':
    case 'urls':
      return { value: plainTerm(term, true) };
    default: {
      if (term.kind === 'number' || (term.kind === 'atom' && spec.secret === true)) return undefined;
      const address = HOSTS.has(key) ? addressText(term) : undefined;
      return { value: address ?? plainTerm(term, false) };
    }
  }
}
