import { readFileSync } from 'node:fs';
import { DEFAULTS_READ_AHEAD } from './defaults-read-ahead.js';
import { readYamlFile, type Source } from './sources.js';

/**
 * Reads the file of defaults. Where its text is the one that was read when the program was built, what was found then is
 * taken: the library that reads YAML takes longer to load than all of the configuration. Of a file that somebody edited since, nothing is.
 */
export function readDefaults(path: string, ahead = DEFAULTS_READ_AHEAD): Source {
  if (ahead === undefined || textOf(path) !== ahead.text) return readYamlFile(path, 'default');
  return {
    entries: ahead.entries.map(([key, raw, line]) => ({
      key,
      raw,
      spelled: false,
      origin: { kind: 'default', text: `${path}:${line}` },
    })),
    problems: [],
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
