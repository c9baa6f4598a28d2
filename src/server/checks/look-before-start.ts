import { constants } from 'node:fs';
import { join } from 'node:path';
import { tlsOf } from '../../broker/amqp/endpoint.js';
import { readTlsFiles } from '../../broker/amqp/tls-files.js';
import { brokerUrls } from '../../config/broker-urls.js';
import type { Config } from '../../config/schema.js';
import { adminSocketTrouble } from '../actors/admin-listener.js';
import { brokerKey, journalKey, storePathKey } from './blamed-keys.js';
import { createBroker, sslOptions } from '../opening/create-broker.js';
import { trustedByStore } from '../opening/create-store.js';
import { lookAtDirectory, lookAtFile } from './look-at-path.js';
import { SERVER_ID_NAME } from '../opening/server-id.js';
import { StartFault, blaming } from './start-fault.js';

/** What was seen before a start, by key. */
export interface Look {
  /** Each of them keeps the server from starting. */
  readonly faults: readonly StartFault[];
  /** Sentences about what does not, but should be known. */
  readonly notes: readonly string[];
}

/**
 * Reads what a start reads and sees whether it can write where it writes; makes, changes and locks nothing. A start
 * does this first, and `config check` does nothing else to files: what it passes is read by the same code.
 */
export async function lookBeforeStart(config: Config, { observe }: { readonly observe: boolean }): Promise<Look> {
  const faults: StartFault[] = [];
  const notes: string[] = [];
  const refuse = (fault: StartFault | undefined): void => {
    if (fault !== undefined) faults.push(fault);
  };
  const attempt = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => undefined,
      (error: unknown) =>
        refuse(error instanceof StartFault ? error : new StartFault('the start', String(error), { cause: error })),
    );
  const { store, queuejournal, broker, data_dir, run_dir, log } = config;

  if (!observe) {
    await attempt(blaming(brokerKey(config), () => createBroker(config)));
    if (broker.kind === 'amqp' && tlsOf(brokerUrls(config))) await attempt(tlsFiles(config, notes));
  }
  if (store.kind === 'rethinkdb') {
    await attempt(blaming('store', () => trustedByStore(config)));
    refuse(lookAtFile(`data_dir = ${data_dir}`, join(data_dir, SERVER_ID_NAME), constants.R_OK));
  }
  refuse(lookAtDirectory(`data_dir = ${data_dir}`, data_dir));
  if (store.kind === 'sqlite' && store.path !== ':memory:')
    for (const beside of ['', '-wal', '-shm', '.lock', '.owner'])
      refuse(lookAtFile(storePathKey(config), `${store.path}${beside}`));
  if (!observe && queuejournal.enabled && broker.kind === 'amqp')
    refuse(lookAtDirectory(journalKey(config), queuejournal.dir));

  const runDir = lookAtDirectory(`run_dir = ${run_dir}`, run_dir);
  const socket = runDir === undefined ? adminSocketTrouble(config) : runDir.message;
  if (socket !== undefined)
    notes.push(`${socket}; the server runs without its socket: token and export commands must wait for a stop`);
  const logDir = log.dir === undefined ? undefined : lookAtDirectory(`log.dir = ${log.dir}`, log.dir);
  if (logDir !== undefined) notes.push(`${logDir.message}; log lines go to standard error`);
  // The same directory may be to blame for several things.
  return {
    faults: faults.filter(({ message }, at) => faults.findIndex((one) => one.message === message) === at),
    notes,
  };
}

async function tlsFiles(config: Config, notes: string[]): Promise<void> {
  try {
    notes.push(...(await readTlsFiles(sslOptions(config))).notes);
  } catch (error) {
    // It names its key itself.
    const [where = '', ...says] = (error instanceof Error ? error.message : String(error)).split(': ');
    throw new StartFault(where, says.join(': '), { cause: error });
  }
}
