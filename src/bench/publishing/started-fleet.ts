import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { Stage } from '../bench.js';
import { httpClient, type HttpClient } from '../peers/http-client.js';
import { startServerProcess, type ServerProcess } from '../peers/server-process.js';
import { fleetPolicy, type FleetPolicy } from '../policy/fleet-policy.js';
import { policyFile } from '../policy/policy-file.js';
import { openAgentsMailbox, type AgentsMailbox } from './agents-mailbox.js';
import { openRawPublisher, type RawPublisher } from './raw-publisher.js';

/** A server that has published every group of a policy once. */
export interface StartedFleet {
  readonly policy: FleetPolicy;
  readonly server: ServerProcess;
  readonly mailbox: AgentsMailbox;
  readonly raw: RawPublisher;
  /** One connection, for what is done one after the other. */
  readonly client: HttpClient;
  /** Sixteen. */
  readonly clients: HttpClient;
  close(): Promise<void>;
}

/** Shortest time between two publishes of one group here, in milliseconds: rounds need not wait for the usual five seconds. */
export const INTERVAL_MS = 1000;
/** `publish_quiet_ms`, the default. */
export const QUIET_MS = 50;

/** Brings the policy in, starts the server, and waits for its first messages. */
export async function startFleet(stage: Stage, groups: number): Promise<StartedFleet> {
  const policy = fleetPolicy({ groups });
  const rabbit = await stage.rabbit();
  const data = await stage.directory();
  const file = join(data, 'policy.json');
  await writeFile(file, JSON.stringify(policyFile(policy)));
  await promisify(execFile)(process.execPath, [`${stage.dist}main.js`, 'import', '--data', data, file]);
  const connection = await createAmqpBroker({ urls: [rabbit.url] }).connect();
  const mailbox = await openAgentsMailbox(connection);
  const raw = await openRawPublisher(connection);
  const server = await startServerProcess({
    dist: stage.dist,
    data,
    set: [
      'broker.kind=amqp',
      `broker.url=${rabbit.url}`,
      `profile_periodic_publish_interval_seconds=${INTERVAL_MS / 1000}`,
      // No agent reports here: the guard over publishing stays open.
      'last_agent_update_check_interval_seconds=36000',
    ],
  });
  const [client, clients] = [httpClient(server.api), httpClient(server.api, 16)];
  await mailbox.hold(groups);
  return {
    policy,
    server,
    mailbox,
    raw,
    client,
    clients,
    async close() {
      client.close();
      clients.close();
      await server.kill();
      await connection.close();
    },
  };
}
