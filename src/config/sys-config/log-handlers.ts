import { join } from 'node:path';
import type { ErlangTerm } from '../erlang-terms.js';
import type { ImportFindings } from './import-findings.js';
import { readProplist } from './proplist.js';
import type { Applications, Parameter } from './read-sys-config.js';
import type { Place } from './setting-reader.js';
import { kindOf, showTerm } from './show-term.js';

/** A log file of the Erlang server. */
export interface OldLogFile extends Place {
  readonly path: ErlangTerm;
  readonly level?: ErlangTerm;
  readonly size?: ErlangTerm;
  readonly keep?: ErlangTerm;
}

const OLD_FORM = 'must be {"file", level, size, date, count}, or [{file, "..."}, {level, info}]';

/** The log files of lager's handlers, in their order. Other backends are noted. */
export function lagerFiles(applications: Applications, findings: ImportFindings): readonly OldLogFile[] {
  const lager = applications.get('lager');
  const handlers = lager?.get('handlers');
  if (handlers === undefined) return [];
  const place = { from: 'lager.handlers', file: handlers.file };
  const root = lager?.get('log_root')?.term;
  if (root !== undefined && root.kind !== 'text') {
    lose(findings, { ...place, from: 'lager.log_root' }, root, 'must be a directory');
  }
  if (handlers.term.kind !== 'list') {
    if (!isEmptyList(handlers.term)) lose(findings, place, handlers.term, OLD_FORM);
    return [];
  }
  return handlers.term.items.flatMap((handler) => {
    const [backend, options] = handler.kind === 'tuple' ? handler.items : [handler];
    const name = backend?.kind === 'tuple' ? backend.items[0] : backend;
    if (name?.kind !== 'atom' || name.name !== 'lager_file_backend') {
      findings.note(
        `${place.from}.${name?.kind === 'atom' ? name.name : kindOf(handler)}`,
        'the log goes to files and to standard error',
      );
      return [];
    }
    const files = backendFiles(place, options, findings);
    return files.map((one) => ({ ...one, path: below(root, one.path) }));
  });
}

/** Options, or the old form: a list of {file, level, size, date, count}, one per file. */
function backendFiles(place: Place, options: ErlangTerm | undefined, findings: ImportFindings): readonly OldLogFile[] {
  if (options === undefined) return [];
  const tuples = options.kind === 'list' ? options.items : [options];
  if (tuples.length > 0 && tuples.every((one) => one.kind === 'tuple' && one.items[0]?.kind === 'text')) {
    return tuples.flatMap((one) => {
      const [path, level, size, , keep] = one.kind === 'tuple' ? one.items : [];
      return path === undefined ? [] : [logFile(place, path, level, size, keep)];
    });
  }
  const values = readProplist(options)?.values;
  const path = values?.get('file');
  if (values === undefined || path === undefined) {
    lose(findings, place, options, OLD_FORM);
    return [];
  }
  return [logFile(place, path, values.get('level'), values.get('size'), values.get('count'))];
}

/** The log files of kernel's logger handlers, in their order. */
export function loggerFiles(applications: Applications, findings: ImportFindings): readonly OldLogFile[] {
  const logger: Parameter | undefined = applications.get('kernel')?.get('logger');
  if (logger === undefined) return [];
  const place = { from: 'kernel.logger', file: logger.file };
  if (logger.term.kind !== 'list') {
    if (!isEmptyList(logger.term)) {
      lose(findings, place, logger.term, 'must be a list such as [{handler, default, logger_std_h, #{...}}]');
    }
    return [];
  }
  return logger.term.items.flatMap((handler) => {
    const [what, , , options] = handler.kind === 'tuple' ? handler.items : [];
    if (what?.kind !== 'atom' || what.name !== 'handler' || options === undefined) return [];
    const values = readProplist(options)?.values;
    const config = values?.get('config');
    const inner = config === undefined ? undefined : readProplist(config)?.values;
    const type = inner?.get('type');
    const path = inner?.get('file') ?? (type?.kind === 'tuple' ? type.items[1] : undefined);
    if (path === undefined) return [];
    return [logFile(place, path, values?.get('level'), inner?.get('max_no_bytes'), inner?.get('max_no_files'))];
  });
}

function isEmptyList(term: ErlangTerm) {
  return term.kind === 'text' && term.text === '';
}

function logFile(
  place: Place,
  path: ErlangTerm,
  level: ErlangTerm | undefined,
  size: ErlangTerm | undefined,
  keep: ErlangTerm | undefined,
): OldLogFile {
  return {
    ...place,
    path,
    ...(level === undefined ? {} : { level }),
    ...(size === undefined ? {} : { size }),
    ...(keep === undefined ? {} : { keep }),
  };
}

/** lager's files are below its log_root. */
function below(root: ErlangTerm | undefined, path: ErlangTerm): ErlangTerm {
  if (root?.kind !== 'text' || path.kind !== 'text' || path.text.startsWith('/')) return path;
  return { kind: 'text', text: join(root.text, path.text) };
}

function lose(findings: ImportFindings, { from, file }: Place, term: ErlangTerm, wanted: string): void {
  findings.lose({ file, from, found: `= ${showTerm(term)}`, wanted });
}
