import { join } from 'node:path';
import type { Config } from '../config/schema.js';

/** The key and value by which the embedded store's file is where it is. */
export const storePathKey = ({ data_dir, store }: Config): string =>
  store.path === join(data_dir, 'dog_trainer.db') ? `data_dir = ${data_dir}` : `store.path = ${store.path}`;

/** The same of the journal's directory. */
export const journalKey = ({ data_dir, queuejournal }: Config): string =>
  queuejournal.dir === join(data_dir, 'queuejournal')
    ? `data_dir = ${data_dir}`
    : `queuejournal.dir = ${queuejournal.dir}`;

/** The key by which the brokers are named. */
export const brokerKey = ({ broker }: Config): string =>
  broker.urls.length > 0 ? 'broker.urls' : broker.url !== undefined ? 'broker.url' : 'broker.host and broker.port';
