import { statfsSync } from 'node:fs';
import type { Config } from '../../config/schema.js';
import { ok, warning, wrong, type Finding } from './finding.js';

const LITTLE = 1024 ** 3;
const NOTHING = 64 * 1024 ** 2;

/** Room where the store, the journal (which a broker in this process has none of) and the logs are. */
export function lookAtDisk({
  data_dir,
  broker,
  queuejournal,
  log,
}: Pick<Config, 'data_dir' | 'broker' | 'queuejournal' | 'log'>): readonly Finding[] {
  const places = new Map([
    [data_dir, 'data_dir'],
    ...(queuejournal.enabled && broker.kind === 'amqp' ? [[queuejournal.dir, 'queuejournal.dir'] as const] : []),
    ...(log.dir === undefined ? [] : [[log.dir, 'log.dir'] as const]),
  ]);
  return [...places].map(([path, key]) => roomOf(key, path));
}

function roomOf(key: string, path: string): Finding {
  const what = `disk of ${key}`;
  try {
    const { bavail, bsize, files, ffree } = statfsSync(path);
    const free = bavail * bsize;
    const says = `${path}: ${megabytes(free)} MB free`;
    const advice = 'make room: the server cannot write what hosts report when the disk is full';
    if (free < NOTHING) return wrong(what, says, advice);
    if (files > 0 && ffree === 0) return wrong(what, `${path}: no inodes are left`, advice);
    return free < LITTLE ? warning(what, says, advice) : ok(what, says);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? warning(what, `${path} is not there`, `it is made at the first start; or ${key} names another place`)
      : wrong(what, message, 'give this user the right to read it, or run doctor as the user of the service');
  }
}

function megabytes(bytes: number): string {
  return String(Math.floor(bytes / 1024 ** 2));
}
