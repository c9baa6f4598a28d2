import { LRUCache } from 'lru-cache';
import type { Outbox } from '../../broker/outbox-contract.js';
import type { Config } from '../../config/schema.js';
import { knowledgeFromDoc, type HostKnowledge } from '../../host/host-report.js';
import type { JsonObject } from '../../model/document.js';
import type { Clock, DetailObject, Self, GenServer } from '../../otp/index.js';
import type { HostConfig } from '../../wire/messages/config.js';
import type { ConfigCast } from './config-publisher-messages.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { Log } from '../../log/log.js';
import { hostConfig } from './publications.js';
import { reportDropped, type ReportDroppedNeeds } from './report-dropped.js';
import { patiently } from '../store/store-patiently.js';

export interface ConfigPublisherNeeds extends ReportDroppedNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: Pick<Config, 'config_resend_interval_seconds'>;
  readonly world: Pick<World, 'hostByKey'>;
  readonly store: Pick<Store, 'get'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** How many hosts are remembered as told; the oldest is forgotten first. */
const REMEMBERED = 50_000;

/** An agent crashes when one of these is missing or is not a string (docs/protocol.md#host-configuration). */
function isConfig(row: JsonObject): row is HostConfig & JsonObject {
  return ['hostkey', 'group', 'location', 'environment'].every((field) => typeof row[field] === 'string');
}

/**
 * Tells agents their own row. A host that registered itself is not told what it just said: the first config message
 * costs an agent its config queue (docs/protocol.md#the-first-message-costs-the-queue), and so it is kept for a real
 * change.
 */
export class ConfigPublisher implements GenServer<never, never, ConfigCast> {
  readonly #needs: ConfigPublisherNeeds;
  /** When each host was told last, in monotonic milliseconds. */
  readonly #told = new LRUCache<string, number>({ max: REMEMBERED });

  constructor(needs: ConfigPublisherNeeds) {
    this.#needs = needs;
  }

  async handleCast(self: Self, { tag, hostkey }: ConfigCast): Promise<void> {
    const { config, clock, world, log } = this.#needs;
    const now = clock.monotonic();
    const last = this.#told.peek(hostkey) ?? -Infinity;
    if (tag === 'remind' && now - last < config.config_resend_interval_seconds * 1000) return;
    if (world.hostByKey(hostkey) === undefined) return;
    const known = await this.#known(self, hostkey);
    const row = world.hostByKey(hostkey);
    if (row === undefined) return;
    if (!isConfig(row)) {
      log.warn(
        { hostkey },
        'the host is not told its configuration: hostkey, group, location and environment must all be strings',
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
    const { store } = this.#needs;
    const stored = await patiently(self, this.#needs, () => store.get('host_report', hostkey));
    return knowledgeFromDoc(stored?.doc);
  }

  describe(): DetailObject {
    return { told: this.#told.size };
  }

  #send(row: HostConfig & JsonObject): void {
    const { outbox, clock } = this.#needs;
    const { hostkey } = row;
    const put = {
      target: `config/${hostkey}`,
      class: 'config',
      publication: hostConfig(row, clock.now()),
    } as const;
    reportDropped(this.#needs, put, outbox.put(put));
  }
}
