import { randomUUID } from 'node:crypto';
import type { HostCall, HostCast, HostReply, HostSent } from '../actors/hosts/host-messages.js';
import type { AgentConnections } from '../broker/management/agent-connections.js';
import { type AgentQueues, unknownQueues } from '../broker/management/agent-queues.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { type ActorSystem, CallFailed, type KeyedChildren } from '../otp/index.js';
import { type Store, StoreError } from '../store/store.js';
import type { World } from '../world/world.js';
import { findHost } from './find-host.js';
import type { HostOrders, HostQueues } from './fleet-pages.js';

/** RabbitMQ's management API, as far as it is about agents. */
export interface AgentsAtBroker {
  readonly connections: AgentConnections;
  readonly queues: AgentQueues;
}

export interface HostOrdersNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly world: Pick<World, 'rows' | 'hostByKey'>;
  readonly store: Pick<Store, 'commit'>;
  readonly hosts: Pick<KeyedChildren<HostCast, HostCall, HostReply>, 'call'>;
  /** Undefined: it is not configured. */
  readonly management: AgentsAtBroker | undefined;
}

/** Row of table `setting` that holds the last order; each earlier one is in the audit trail. */
const SETTING = 'last_host_order';
/** Hosts about whose queues the management API is asked at one time. */
const MOST_ASKED = 8;

/** Of a server that leads. */
export function hostOrders(needs: HostOrdersNeeds): HostOrders {
  const { world, hosts, management } = needs;
  let asked = 0;
  const keyOf = (host: Document): string => textOf(host.hostkey);
  return {
    async queues(id) {
      const host = findHost(world, id);
      if (host === undefined || keyOf(host) === '') return undefined;
      const unknown = { configured: management !== undefined, queues: unknownQueues(keyOf(host)) };
      if (management === undefined) return { ...unknown, error: null };
      if (asked >= MOST_ASKED) return { ...unknown, error: 'the management API is being asked about other hosts' };
      asked += 1;
      try {
        return { configured: true, queues: await management.queues(keyOf(host)), error: null } satisfies HostQueues;
      } catch (error) {
        return { ...unknown, error: reasonOf(error) };
      } finally {
        asked -= 1;
      }
    },
    async send(id, author) {
      const host = findHost(world, id);
      if (host === undefined || keyOf(host) === '') return undefined;
      await writtenDown(needs, 'send', host, author);
      try {
        // Of this kind of call the host's actor makes this kind of reply.
        return (await hosts.call(keyOf(host), { tag: 'send_again' })) as HostSent;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        throw new StoreError('unavailable', `the actor of the host does not answer (${error.message})`);
      }
    },
    async reconnect(id, author) {
      const host = findHost(world, id);
      if (host === undefined || keyOf(host) === '') return undefined;
      if (management === undefined) return 'not_configured';
      await writtenDown(needs, 'reconnect', host, author);
      try {
        const connection = await management.connections.of(keyOf(host));
        if (connection === undefined) return { closed: 0 };
        await management.connections.close(connection, `dog-trainer: ${author} wants the agent to connect anew`);
        return { closed: 1 };
      } catch (error) {
        throw new StoreError('unavailable', reasonOf(error));
      }
    },
  };
}

/** Before it is done: what nobody could answer for afterwards does not happen. */
async function writtenDown(
  { store, system }: HostOrdersNeeds,
  order: 'send' | 'reconnect',
  host: Document,
  author: string,
): Promise<void> {
  const at = Math.floor(system.clock.now() / 1000);
  // `run`: the same order twice in a second is two entries.
  const doc = { id: SETTING, order, host: host.id, hostkey: textOf(host.hostkey), author, at, run: randomUUID() };
  const written = await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => doc }], { author });
  if (!written.ok) throw new StoreError('unavailable', `the store did not take the order: ${written.failure.reason}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
