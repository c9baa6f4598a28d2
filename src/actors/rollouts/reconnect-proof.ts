import type { AgentConnections } from '../../broker/management/agent-connections.js';
import type { Log } from '../../log/log.js';
import { sentAt } from '../../rollout/host-progress.js';
import type { RolloutWatch } from './rollout-book.js';

export interface ReconnectProofNeeds {
  readonly connections: AgentConnections;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

/** How often what failed is tried again. */
const TRY_AGAIN_SECONDS = 30;

/**
 * Rules may let a connection live on that they would not let be made again: so the connection of a host that has shown its new rules is closed,
 * and it must come back over another one (docs/rollout.md#reconnect-proof). One step further each time it is asked, for each host. `now`: epoch seconds.
 */
export class ReconnectProof {
  readonly #needs: ReconnectProofNeeds;
  /** Hosts about which the management API is being asked. */
  readonly #asking = new Set<string>();
  #failure: string | undefined = undefined;
  /** The host for which it failed. */
  #failedAt: string | undefined = undefined;
  /** Epoch seconds. */
  #askedAt = 0;

  constructor(needs: ReconnectProofNeeds) {
    this.#needs = needs;
  }

  /** Why it can't be told now; undefined: the management API does its part. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether this host has yet to come back. */
  isDue(watch: RolloutWatch, hostkey: string): boolean {
    return watch.reconnects.get(hostkey)?.at !== 'proven';
  }

  /**
   * While a rollout stands still since the management API did not do its part, nothing else asks it: what failed is tried again now and then,
   * so that the rollout goes on by itself when, and only when, that works. `hosts`: those that it was given to. Never rejects.
   */
  async tryAgain(watch: RolloutWatch, hosts: readonly string[], now: number): Promise<void> {
    if (this.#failure === undefined || now - this.#askedAt < TRY_AGAIN_SECONDS) return;
    this.#askedAt = now;
    const hostkey = this.#failedAt;
    // Of a rollout before this one: it is seen anew.
    if (hostkey === undefined || !hosts.includes(hostkey)) this.#failure = undefined;
    else await this.#one(watch, hostkey, () => now);
    if (this.#failure === undefined) this.#needs.log.info({ hostkey }, 'the management API is asked as before');
  }

  /** `hosts` have shown their new rules. Never rejects. */
  async advance(watch: RolloutWatch, hosts: Iterable<string>, now: () => number): Promise<void> {
    await Promise.all([...hosts].map((hostkey) => this.#one(watch, hostkey, now)));
  }

  async #one(watch: RolloutWatch, hostkey: string, now: () => number): Promise<void> {
    if (this.#asking.has(hostkey)) return;
    if (!this.isDue(watch, hostkey)) {
      this.#failure = undefined;
      return;
    }
    this.#asking.add(hostkey);
    const { connections, log } = this.#needs;
    try {
      const known = watch.reconnects.get(hostkey);
      const connection = await connections.of(hostkey);
      // Between two connections of its own there is nothing to close; it is looked at again.
      if (known === undefined && connection !== undefined) {
        await connections.close(connection, 'dog-trainer: it is seen whether the agent can connect with its new rules');
        log.info({ hostkey }, 'the connection of an agent was closed: it must come back with its new rules');
        watch.reconnects.set(hostkey, { at: 'closed', connection, since: now() });
        // What it reported before proves nothing of this.
        watch.progress.set(hostkey, sentAt(now()));
      } else if (known?.at === 'closed' && connection !== undefined && connection !== known.connection) {
        watch.reconnects.set(hostkey, { at: 'proven' });
        watch.progress.set(hostkey, sentAt(now()));
      }
      // Who may look, and not close, is not well before a close went through.
      this.#failure = undefined;
      this.#failedAt = undefined;
    } catch (error) {
      const failure = reasonOf(error);
      if (this.#failure === undefined)
        log.warn({ hostkey, reason: failure }, 'it can not be seen whether an agent comes back');
      this.#failure = failure;
      this.#failedAt = hostkey;
      this.#askedAt = now();
    } finally {
      this.#asking.delete(hostkey);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
