import { statSync } from 'node:fs';
import type { Origin } from './config-error.js';
import { KEYS } from './schema.js';
import { showValue } from './show-value.js';

/**
 * One sentence per place where other users of this machine can read a password: a configuration file that is readable
 * by all, and the command line, which the list of processes shows.
 * @param file the configuration file, if there is one
 */
export function exposedSecrets(
  values: ReadonlyMap<string, unknown>,
  origins: ReadonlyMap<string, Origin>,
  file: string | undefined,
): readonly string[] {
  const secret = [...values.keys()].filter((key) => holdsSecret(key, values.get(key)));
  const from = (kind: Origin['kind']) => secret.filter((key) => origins.get(key)?.kind === kind);
  const [inFile, inFlags] = [from('file'), from('flag')];
  const sentences: string[] = [];
  if (file !== undefined && inFile.length > 0 && othersRead(file)) {
    sentences.push(
      `${file} holds ${inFile.join(' and ')} and every user of this machine may read it: chmod 0600 ${file}, ` +
        'or 0640 with the group of the service',
    );
  }
  if (inFlags.length > 0) {
    sentences.push(
      `${inFlags.join(' and ')} came with --set, which every user of this machine sees in the list of processes: ` +
        `use a file of mode 0600 (--config), or the environment (${inFlags.map(variable).join(', ')})`,
    );
  }
  return sentences;
}

/** By what is shown of it: that rule says what a secret is, passwords in URLs among them. */
function holdsSecret(key: string, value: unknown): boolean {
  const spec = KEYS.get(key);
  if (value === undefined || value === null || spec === undefined) return false;
  return JSON.stringify(showValue(spec, value)) !== JSON.stringify(value);
}

function variable(key: string): string {
  return `DOG_${key.toUpperCase().replaceAll('.', '__')}`;
}

function othersRead(file: string): boolean {
  try {
    return (statSync(file).mode & 0o004) !== 0;
  } catch {
    // The file was read a moment ago; once it is removed, it exposes nothing.
    return false;
  }
}
