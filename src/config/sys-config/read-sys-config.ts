import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ErlangSyntaxError, parseErlangTerm } from '../erlang-terms.js';
import type { ErlangTerm } from '../erlang-terms.js';
import type { ImportFindings } from './import-findings.js';
import { readProplist } from './proplist.js';
import { readText } from './read-text.js';
import { kindOf, showTerm } from './show-term.js';

/** A parameter of an application, and the file it stands in. */
export interface Parameter {
  readonly file: string;
  readonly term: ErlangTerm;
}

/** The parameters of each application. */
export type Applications = ReadonlyMap<string, ReadonlyMap<string, Parameter>>;

const MOST_DEPTH = 8;
const MOST_FILES = 100;

/**
 * Reads the text of a sys.config and the files that it names ("./other.config"), merged as OTP merges them: in
 * order, and a later value of a parameter replaces an earlier one. Names are relative to the file that
 * names them, or else to the working directory, as in OTP.
 * @throws ErlangSyntaxError with the line, when the text is no Erlang term
 * @throws Error when it is one, but no list of applications
 */
export function readSysConfig(text: string, file: string, findings: ImportFindings): Applications {
  const reader = new SysConfigReader(findings);
  reader.take(text, file, []);
  return reader.applications;
}

class SysConfigReader {
  readonly applications = new Map<string, Map<string, Parameter>>();
  readonly #findings: ImportFindings;
  #files = 0;

  constructor(findings: ImportFindings) {
    this.#findings = findings;
  }

  take(text: string, file: string, above: readonly string[]): void {
    const items = topLevel(parse(text));
    const here = new Set<string>();
    for (const item of items) {
      if (item.kind === 'text') this.#include(item.text, file, above);
      else this.#application(item.application, item.parameters, file, here);
    }
  }

  #application(application: string, parameters: ErlangTerm, file: string, here: Set<string>): void {
    const read = readProplist(parameters);
    if (read === undefined) {
      const found = `is no list of {key, value}`;
      this.#findings.lose({ file, from: application, found, wanted: 'must be {application, [{key, value}]}' });
      return;
    }
    const known = this.applications.get(application) ?? new Map<string, Parameter>();
    this.applications.set(application, known);
    if (here.has(application)) {
      this.#findings.warn(
        `${file}: the application ${application} stands twice: its parameters are put together, and of a key in both the later counts, as in OTP`,
      );
    }
    here.add(application);
    for (const item of read.strange) {
      const found = `holds ${item.kind === 'tuple' ? 'a tuple' : `a ${item.kind}`} that is no {key, value}`;
      this.#findings.lose({ file, from: application, found, wanted: 'must be {application, [{key, value}]}' });
    }
    for (const [name, { same }] of read.twice) {
      this.#findings.warn(
        `${file}: ${application}.${name} stands twice, with ${same ? 'one value' : 'two values: the first counts'} (OTP refuses to start with such a file)`,
      );
    }
    for (const [name, term] of read.values) {
      const before = known.get(name);
      if (before !== undefined && JSON.stringify(before.term) !== JSON.stringify(term)) {
        const places = before.file === file ? `twice in ${file}` : `in ${before.file} and in ${file}`;
        this.#findings.warn(`${application}.${name} stands ${places}, with two values: the later counts, as in OTP`);
      }
      known.set(name, { file, term });
    }
  }

  #include(name: string, by: string, above: readonly string[]): void {
    const lose = (found: string) =>
      this.#findings.lose({
        file: by,
        from: JSON.stringify(name),
        found,
        wanted: 'must be the name of another configuration file that can be read, relative to this one',
      });
    const { path, elsewhere } = pathOf(name, by);
    if (elsewhere) {
      this.#findings.warn(`${by}: ${JSON.stringify(name)} is not beside it: ${resolve(path)} is read, as in OTP`);
    }
    if (above.length > 0) {
      this.#findings.warn(
        `${by}: ${JSON.stringify(name)} is read, though OTP reads no file that an included file names`,
      );
    }
    const chain = [...above, resolve(by)];
    if (chain.includes(resolve(path))) return lose('names a file that is already being read: a circle');
    if (chain.length > MOST_DEPTH) return lose(`is more than ${MOST_DEPTH} files deep`);
    this.#files++;
    if (this.#files > MOST_FILES) return lose(`is one file more than the ${MOST_FILES} that are read at most`);
    try {
      // A pipe or a device might never end.
      if (!statSync(path).isFile()) return lose(`names ${path}, which is no file`);
      this.take(readText(path), path, chain);
    } catch (error) {
      lose(`names ${path}, which cannot be read: ${(error as Error).message}`);
    }
  }
}

function parse(text: string): ErlangTerm {
  try {
    return parseErlangTerm(text);
  } catch (error) {
    if (!(error instanceof ErlangSyntaxError)) throw error;
    const line = text.split('\n')[error.line - 1] ?? '';
    const placeholder = /\$\{\w+\}|\$[A-Z_]{2,}|\{\{[^}]*\}\}|\{%[^%]*%\}|<%[^%]*%>/.exec(line)?.[0];
    if (placeholder === undefined) throw error;
    throw new Error(
      `${error.message}; ${placeholder} is template text that was not filled in: import the file that the template makes`,
      { cause: error },
    );
  }
}

type Item =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'application'; readonly application: string; readonly parameters: ErlangTerm };

function topLevel(term: ErlangTerm): readonly Item[] {
  const wrong = (what: string) => new Error(`it is not a list of {application, [{key, value}]}${what}`);
  if (term.kind !== 'list') throw wrong('');
  return term.items.map((item): Item => {
    if (item.kind === 'text' && item.text !== '') return { kind: 'text', text: item.text };
    const [application, parameters, ...more] = item.kind === 'tuple' ? item.items : [];
    if (application?.kind !== 'atom' || parameters === undefined || more.length > 0) {
      // Not what is in it: that may be a password.
      const shown = application?.kind === 'atom' ? showTerm(application) : kindOf(item);
      throw wrong(`: found ${shown}`);
    }
    return { kind: 'application', application: application.name, parameters };
  });
}

/** The file's name always ends in .config for OTP, whether written or not. */
function pathOf(name: string, by: string): { readonly path: string; readonly elsewhere: boolean } {
  const full = name.endsWith('.config') ? name : `${name}.config`;
  if (isAbsolute(full)) return { path: full, elsewhere: false };
  const beside = join(dirname(by), full);
  const elsewhere = !existsSync(beside) && existsSync(full);
  return { path: elsewhere ? full : beside, elsewhere };
}
