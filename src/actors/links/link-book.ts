import { type Freshness, STALE_INTERVALS } from '../../federation/freshness.js';
import type { LearntSets, LeftOut } from '../../federation/learnt-sets.js';
import { readLink } from '../../federation/link-settings.js';
import type { Loss } from '../../federation/shrink.js';
import type { Clock } from '../../otp/index.js';
import type { World } from '../../world/world.js';

/** A message that takes away too much to be taken over without an operator. */
export interface HeldSets {
  readonly sets: LearntSets;
  readonly loss: Loss;
  /** Epoch seconds since when messages of this link are held. */
  readonly since: number;
}

/** The connection to the far broker, as operators see it. */
export interface FarState {
  readonly state: 'connecting' | 'up' | 'blocked' | 'down';
  /** Epoch seconds. */
  readonly since: number;
  /** Host, port and virtual host. */
  readonly broker: string;
  readonly error?: string;
}

/** What is known of one link. Its actor writes it, and finds it again after a crash. */
export interface LinkEntry {
  /** The `env` that it last worked under. */
  name: string;
  /** Why it does not work as its row says; one sentence. */
  fault: string | undefined;
  /** Monotonic milliseconds since when it listens; undefined: it does not. */
  listensSince: number | undefined;
  /** Why nothing can be heard though it listens. */
  inboundError: string | undefined;
  /** Whether a message of the far server was taken, or seen to hold nothing new, since this server began. */
  heard: boolean;
  /** When the last one came: monotonic milliseconds, and epoch seconds. */
  heardAt: number | undefined;
  heardTime: number | undefined;
  freshness: Freshness | undefined;
  held: HeldSets | undefined;
  /** Names of the last message whose sets cannot be made. */
  leftOut: readonly LeftOut[];
  refused: { readonly count: number; readonly reason: string; readonly at: number } | undefined;
  far: FarState | undefined;
  /** The last message that the far broker confirmed: epoch seconds. */
  sentTime: number | undefined;
  /** Why the last message did not get through; the connection may be fine. */
  sendError: string | undefined;
}

function newEntry(): LinkEntry {
  return {
    name: '',
    fault: undefined,
    listensSince: undefined,
    inboundError: undefined,
    heard: false,
    heardAt: undefined,
    heardTime: undefined,
    freshness: undefined,
    held: undefined,
    leftOut: [],
    refused: undefined,
    far: undefined,
    sentTime: undefined,
    sendError: undefined,
  };
}

export interface LinkBookNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly world: Pick<World, 'ready' | 'rows'>;
  /** Between two messages of a linked server, milliseconds. */
  readonly intervalMs: number;
}

/**
 * What is known of each link beside its row. A plain object that outlives the actors. It also says for whom publishing
 * waits after a start: sets that lack a linked server's addresses would lock people out.
 */
export class LinkBook {
  readonly #needs: LinkBookNeeds;
  readonly #entries = new Map<string, LinkEntry>();
  readonly #startedAt: number;
  #allKnown = false;

  constructor(needs: LinkBookNeeds) {
    this.#needs = needs;
    this.#startedAt = needs.clock.monotonic();
  }

  /** By the id of the link's row. */
  entry(id: string): LinkEntry {
    let entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, (entry = newEntry()));
    return entry;
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  get entries(): ReadonlyMap<string, Readonly<LinkEntry>> {
    return this.#entries;
  }

  /**
   * Names of the links for which nothing is published yet: enabled ones that were not heard since this server started
   * and are not known to be stale, and disabled ones whose sets are still in service. Once there is none, there is
   * never one again: what is edited later holds nobody up.
   */
  waiting(): readonly string[] {
    const { clock, world, intervalMs } = this.#needs;
    if (this.#allKnown || !world.ready) return [];
    const overdue = clock.monotonic() - this.#startedAt >= STALE_INTERVALS * intervalMs;
    const names = overdue ? [] : this.#unknown();
    this.#allKnown = names.length === 0;
    return names;
  }

  #unknown(): readonly string[] {
    const { world } = this.#needs;
    const active = new Set(
      [...world.rows('external').values()].flatMap(({ name, state }) => (state === 'active' ? [name] : [])),
    );
    const links = [...world.rows('link').values()].map(readLink);
    const listenedTo = new Set(links.flatMap(({ receives, name }) => (receives ? [name] : [])));
    return links.flatMap(({ id, receives, name }) => {
      if (receives) return this.#entries.get(id)?.heard === true ? [] : [name];
      return active.has(name) && !listenedTo.has(name) ? [name] : [];
    });
  }
}
