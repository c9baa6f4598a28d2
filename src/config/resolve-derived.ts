import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Fixed upper bound of file blocks: brokers refuse larger messages (docs/protocol.md#blocks-fit-every-broker). */
const MAX_BLOCK_BYTES = 8 * 1024 * 1024;

/**
 * Fills in the keys that follow from others or from the service's surroundings, and makes paths absolute.
 * systemd names the directories that it made in STATE_DIRECTORY, RUNTIME_DIRECTORY and LOGS_DIRECTORY
 * (systemd.exec(5)); several are separated by colons.
 */
export function resolveDerived(
  values: Map<string, unknown>,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const given = (key: string) => values.get(key) as string | undefined;
  const fromSystemd = (name: string) => environment[name]?.split(':')[0] || undefined;

  const data = resolve(given('data_dir') ?? fromSystemd('STATE_DIRECTORY') ?? 'data');
  const inData = (key: string, name: string) => values.set(key, resolve(given(key) ?? join(data, name)));
  values.set('data_dir', data);
  values.set('run_dir', resolve(given('run_dir') ?? fromSystemd('RUNTIME_DIRECTORY') ?? join(data, 'run')));
  // SQLite's name for an in-memory database is not a file name.
  if (given('store.path') !== ':memory:') inData('store.path', 'dog_trainer.db');
  inData('queuejournal.dir', 'queuejournal');

  const logs = given('log.dir') ?? fromSystemd('LOGS_DIRECTORY');
  values.set('log.dir', logs === undefined ? undefined : resolve(logs));
  for (const key of ['store.cacertfile', 'cacertfile', 'certfile', 'keyfile']) {
    const name = key.includes('.') ? key : `broker.ssl_options.${key}`;
    const path = given(name);
    if (path !== undefined) values.set(name, resolve(path));
  }
  values.set('version', given('version') ?? packageVersion());
  values.set('max_block_size_bytes', Math.min(values.get('max_block_size_bytes') as number, MAX_BLOCK_BYTES));
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
