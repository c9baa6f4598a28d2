import { LRUCache } from 'lru-cache';
import { knowledgeFromDoc, type HostKnowledge } from '../../host/host-report.js';
import type { JsonObject } from '../../model/document.js';
import type { DetailObject, Self, GenServer } from '../../otp/index.js';
import type { HostConfig } from '../../wire/messages/config.js';
import type { ConfigCast } from './config-publisher-messages.js';
import type { ServerContext } from '../context.js';
import { hostConfig } from './publications.js';
import { reportDropped } from './report-dropped.js';
import { patiently } from '../store/store-patiently.js';

/** How many hosts are remembered as told; the oldest is forgotten first. */
const REMEMBERED = 50_000;

/** An agent crashes when one of these is missing or no text (docs/protocol.md#host-configuration). */
function isConfig(row: JsonObject): row is HostConfig & JsonObject {
  return ['hostkey', 'group', 'location', 'environment'].every((field) => typeof row[field] === 'string');
}

/**
 * Tells agents their own row. A host that registered itself is not told what it just said: the first config message
 * costs an agent its config queue (docs/protocol.md#the-first-message-costs-the-queue), and so it is kept for a real
 * change.
 */
export class ConfigPublisher implements GenServer<never, never, ConfigCast> {
  readonly #context: ServerContext;
  /** When each host was told last, in monotonic milliseconds. */
  readonly #told = new LRUCache<string, number>({ max: REMEMBERED });

  constructor(context: ServerContext) {
    this.#context = context;
  }

  async handleCast(self: Self, { tag, hostkey }: ConfigCast): Promise<void> {
    const { config, system, world } = this.#context;
    const now = system.clock.monotonic();
    const last = this.#told.peek(hostkey) ?? -Infinity;
    if (tag === 'remind' && now - last < config.config_resend_interval_seconds * 1000) return;
    if (world.hostByKey(hostkey) === undefined) return;
    const known = await this.#known(self, hostkey);
    const row = world.hostByKey(hostkey);
    if (row === undefined) return;
    if (!isConfig(row)) {
      this.#context.log.warn(
        { hostkey },
        'the host is not told its configuration: hostkey, group, location and environment must all be texts',
      );
      return;
    }
    // What the agent itself reports it knows.
    if (
      known?.reportedGroup === row.group &&
      known.reportedEnvironment === row.environment &&
      known.reportedLocation === row.location
    )
      return;
    this.#told.set(hostkey, now);
    this.#send(row);
  }

  /** From the store: the world has the tables by feeds of their own, and may see a new host before what is known of it. */
  async #known(self: Self, hostkey: string): Promise<HostKnowledge | undefined> {
    const { store } = this.#context;
    const stored = await patiently(self, this.#context, () => store.get('host_report', hostkey));
    return knowledgeFromDoc(stored?.doc);
  }

  describe(): DetailObject {
    return { told: this.#told.size };
  }

  #send(row: HostConfig & JsonObject): void {
    const { outbox, system } = this.#context;
    const { hostkey } = row;
    const put = {
      target: `config/${hostkey}`,
      class: 'config',
      publication: hostConfig(row, system.clock.now()),
    } as const;
    reportDropped(this.#context, put, outbox.put(put));
  }
}
