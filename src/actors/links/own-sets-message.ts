import { createHash } from 'node:crypto';
import type { Publication } from '../../broker/broker.js';
import { INBOUND } from '../../broker/topology.js';
import type { Config } from '../../config/schema.js';
import { ownFederatedSets, ownNameFault } from '../../federation/own-message.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock } from '../../otp/index.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { encodeFederation } from '../../wire/messages/federation.js';
import type { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { MayPublish } from '../publishing/publishing-gate.js';

export interface OwnSetsNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'env'>;
  readonly world: Pick<World, 'ready' | 'version' | 'policy'>;
  readonly dialect: Dialect;
  readonly gate: Pick<MayPublish, 'paused'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly slices: Pick<Slices, 'run'>;
}

/**
 * The message to linked servers with our own sets, made once for all links and again when the policy has changed. While
 * publishing is paused it stays what it was.
 */
export class OwnSetsMessage {
  readonly #needs: OwnSetsNeeds;
  #version: number | undefined = undefined;
  #digest: string | undefined = undefined;
  #publication: Publication | undefined = undefined;
  /** Under way, for all who ask meanwhile. */
  #making: Promise<void> | undefined = undefined;

  constructor(needs: OwnSetsNeeds) {
    this.#needs = needs;
  }

  /** Why this server can tell nobody anything; undefined: it can. */
  get fault(): string | undefined {
    return ownNameFault(this.#needs.config.env);
  }

  /**
   * Undefined: not all of the policy is known yet, or publishing was paused before there was one. Rejects with what making
   * it threw; it is made again when asked again.
   */
  async now(): Promise<Publication | undefined> {
    const { world, gate } = this.#needs;
    if (!world.ready || this.fault !== undefined) return undefined;
    if (!gate.paused && world.version !== this.#version) await (this.#making ??= this.#make());
    return this.#publication;
  }

  async #make(): Promise<void> {
    try {
      const { world, dialect, config, clock, metrics, slices, gate } = this.#needs;
      const { version } = world;
      const sets = await slices.run(ownFederatedSets(world.policy, dialect, config.env));
      if (gate.paused) return;
      const digest = createHash('sha256').update(JSON.stringify(sets)).digest('hex');
      this.#version = version;
      if (digest === this.#digest) return;
      this.#digest = digest;
      metrics.count('external_queue_add');
      this.#publication = {
        exchange: INBOUND.name,
        routingKey: config.env,
        body: encodeFederation(sets, stampAt(new Date(clock.now()))),
        contentType: 'text/json',
        persistent: true,
        // Comes back where the linked server does not listen, which is worth showing.
        mandatory: true,
      };
    } finally {
      this.#making = undefined;
    }
  }
}
