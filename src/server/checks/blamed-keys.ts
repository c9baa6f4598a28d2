import { join } from 'node:path';
import type { Config } from '../../config/schema.js';

/** The key and value by which the embedded store's file is where it is. */
export function storePathKey({ data_dir, store }: Config): string {
  return store.path === join(data_dir, 'dog_trainer.db') ? `data_dir = ${data_dir}` : `store.path = ${store.path}`;
}

/** The same of the journal's directory. */
export function journalKey({ data_dir, queuejournal }: Config): string {
  return queuejournal.dir === join(data_dir, 'queuejournal')
    ? `data_dir = ${data_dir}`
    : `queuejournal.dir = ${queuejournal.dir}`;
}

/** The key by which the brokers are named. */
export function brokerKey({ broker }: Config): string {
  return broker.urls.length > 0
    ? 'broker.urls'
    : broker.url !== undefined
      ? 'broker.url'
      : 'broker.host and broker.port';
}
