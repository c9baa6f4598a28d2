import { patiently } from '../../actors/store/store-patiently.js';
import type { Broker } from '../../broker/broker.js';
import { fencedBroker } from '../../broker/fenced-broker.js';
import type { Lease } from '../../cluster/lease.js';
import type { Leadership } from '../../cluster/leadership.js';
import type { Journal } from '../../journal/journal.js';
import { deleteChild, killBranch, startLate, type ChildSpec, type Self } from '../../otp/index.js';
import { fencedStore } from '../../store/fenced-store.js';
import { leaderSup } from '../../supervisors/leader-sup.js';
import { OF_ACTORS } from '../reporting/actor-alarms.js';
import { workActors } from '../actors/work-actors.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import type { ServerBase } from '../state/server-base.js';
import { createServerState, type ServerState } from '../state/server-state.js';

export interface ReignParts {
  readonly leadership: Leadership;
  readonly broker: Broker;
  readonly linkBroker: CreateLinkBroker;
  /** The journal for this lead, when the one before has let go of it. */
  readonly journal: () => Promise<Journal | undefined>;
}

/** Alarms of the store and of actors are any server's; all others are of what only a leader does. */
const OF_ANY_SERVER: readonly string[] = ['store.', OF_ACTORS];

/**
 * One lead of this server, from the lease to its loss, with all that is its own: ways to the store and to the broker that
 * are good for its term alone, what its actors share, and its branch of the tree. Nothing of it goes over to the next lead.
 */
export class Reign {
  readonly term: number;
  readonly #base: ServerBase;
  readonly #parts: ReignParts;
  readonly #broker: ReturnType<typeof fencedBroker>;
  /** Connections to linked servers, which end with the lead as those to our own broker do. */
  readonly #farBrokers = new Set<ReturnType<typeof fencedBroker>>();
  #state: ServerState | undefined = undefined;
  #over = false;

  constructor(base: ServerBase, parts: ReignParts, { term }: Lease) {
    this.#base = base;
    this.#parts = parts;
    this.term = term;
    this.#broker = fencedBroker(parts.broker, () => this.#lease() !== undefined);
  }

  /** What its actors share; undefined: they have not begun, or may not go on. */
  get state(): ServerState | undefined {
    return this.#over ? undefined : this.#state;
  }

  /**
   * Starts its branch of the tree, if it does not run. `ready` is given what is shared before it is used. Does nothing
   * more once the lead is over.
   */
  async begin(self: Self, ready: (state: ServerState) => void): Promise<void> {
    const { system } = this.#base;
    try {
      if (this.#state === undefined) {
        const journal = await this.#parts.journal();
        const made = await patiently(self, this.#base, () => this.#make(journal));
        this.#mustHold();
        this.#state = made;
        ready(made);
      }
      this.#mustHold();
      await startLate(system, 'dog_trainer', this.#branch(this.#state));
    } catch (error) {
      if (this.#lease() !== undefined) throw error;
    }
  }

  /** Nothing more is sent from this very step on. Resolves when nothing of it is left. */
  async end(): Promise<void> {
    const { system, alarms } = this.#base;
    this.#over = true;
    this.abandon();
    const gone = killBranch(system, system.whereis('leader_sup'));
    this.#state?.delivery.notes.stop();
    this.#state?.delivery.outbox.detach();
    for (const { id } of alarms.list()) if (!OF_ANY_SERVER.some((part) => id.startsWith(part))) alarms.clear(id);
    await gone;
    // The supervisor has noticed its end by the time this asks, and has found nothing to start again.
    if (system.whereis('dog_trainer') !== undefined) await deleteChild(system, 'dog_trainer', 'leader_sup');
  }

  /** Ends every connection, after an ordered stop of the tree. */
  abandon(): void {
    this.#broker.abandon();
    for (const far of this.#farBrokers) far.abandon();
  }

  #make(journal: Journal | undefined): Promise<ServerState> {
    this.#mustHold();
    const fence = () => {
      const lease = this.#lease();
      return lease === undefined ? undefined : { term: lease.term, until: lease.expiresAt };
    };
    const store = fencedStore(this.#base.store, fence);
    return createServerState(
      { ...this.#base, store },
      {
        broker: this.#broker,
        linkBroker: (far) => this.#fenced(this.#parts.linkBroker(far)),
        journal,
        observe: false,
      },
    );
  }

  /** Kept as long as the lead: there is one per setting that a link ever had. */
  #fenced(broker: Broker): ReturnType<typeof fencedBroker> {
    const fenced = fencedBroker(broker, () => this.#lease() !== undefined);
    this.#farBrokers.add(fenced);
    return fenced;
  }

  #branch(state: ServerState): ChildSpec {
    const spec = leaderSup(workActors(state));
    return { ...spec, start: async (...args) => (this.#over ? 'ignore' : spec.start(...args)) };
  }

  #lease(): Lease | undefined {
    if (this.#over) return undefined;
    const lease = this.#parts.leadership.lease();
    return lease?.term === this.term ? lease : undefined;
  }

  #mustHold(): void {
    if (this.#lease() === undefined) throw new Error(`the lead of term ${this.term} is over before it began its work`);
  }
}
