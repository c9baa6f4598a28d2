import { basename, dirname } from 'node:path';
import type { ErlangTerm } from '../erlang-terms.js';
import type { ImportFindings } from './import-findings.js';
import { lagerFiles, loggerFiles } from './log-handlers.js';
import type { OldLogFile } from './log-handlers.js';
import { plainTerm } from './plain-term.js';
import type { Applications } from './read-sys-config.js';
import type { SettingReader } from './setting-reader.js';
import { showTerm } from './show-term.js';

/** Levels of lager and of logger, the most verbose first, and our level for each. */
const LEVELS: readonly (readonly [string, string])[] = [
  ['all', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['notice', 'info'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['critical', 'fatal'],
  ['alert', 'fatal'],
  ['emergency', 'fatal'],
];

/**
 * Our `log.*` for the Erlang server's log files: the directory of the first, the size and number of the first that has
 * one, and the level of the most verbose.
 */
export function logValues(
  applications: Applications,
  reader: SettingReader,
  findings: ImportFindings,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const put = (key: string, value: unknown) => {
    if (value !== undefined && !values.has(key)) values.set(key, value);
  };
  const lager = lagerFiles(applications, findings);
  const files = lager.length > 0 ? lager : loggerFiles(applications, findings);
  for (const { from, file, path, size, keep } of files) {
    const read = reader.value({ key: 'log.dir', from, file, term: path });
    if (typeof read === 'string') put('log.dir', dirname(read));
    for (const [key, term] of [
      ['log.size', size],
      ['log.keep', keep],
    ] as const) {
      if (term === undefined) continue;
      if (isEndless(term))
        findings.warn(`${file}: ${from}: logs do not grow without end here: ${key} stays at its default`);
      else put(key, reader.value({ key, from, file, term }));
    }
    if (typeof read === 'string' && dirname(read) !== values.get('log.dir')) {
      findings.warn(
        `${file}: ${from}: all logs go to one directory, ${String(values.get('log.dir'))}, not to ${dirname(read)}`,
      );
    }
  }
  const level = levelOf(files, findings);
  if (level !== undefined) put('log.level', level);
  const crash = applications.get('lager')?.get('crash_log');
  if (crash !== undefined) put('log.crash_log', crashLog(crash.term, crash.file, reader, findings));
  return values;
}

/** lager's and logger's ways to say that files are not rotated, or that no old ones are kept. */
function isEndless(term: ErlangTerm) {
  return (term.kind === 'atom' && term.name === 'infinity') || (term.kind === 'number' && term.value === 0);
}

function levelOf(files: readonly OldLogFile[], findings: ImportFindings): string | undefined {
  const ranks = files.flatMap(({ from, file, level }) => {
    if (level === undefined) return [];
    const rank = LEVELS.findIndex(([name]) => level.kind === 'atom' && level.name === name);
    if (rank === -1 && !(level.kind === 'atom' && level.name === 'none')) {
      const wanted = `must be one of: ${LEVELS.map(([name]) => name).join(', ')}, none`;
      findings.lose({ file, from, found: `has the level ${showTerm(level)}`, wanted });
    }
    return rank === -1 ? [] : [rank];
  });
  return ranks.length === 0 ? undefined : LEVELS[Math.min(...ranks)]?.[1];
}

function crashLog(term: ErlangTerm, file: string, reader: SettingReader, findings: ImportFindings): unknown {
  const from = 'lager.crash_log';
  const value = plainTerm(term, false);
  if (value === false || value === 'undefined' || value === '') {
    findings.note(from, 'crashes are always written to a file');
    return undefined;
  }
  const read = reader.value({ key: 'log.dir', from, file, term });
  return typeof read === 'string' ? basename(read) : undefined;
}
