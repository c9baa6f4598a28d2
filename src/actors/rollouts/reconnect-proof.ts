import type { AgentConnections } from '../../broker/management/agent-connections.js';
import type { Log } from '../../log/log.js';
import { sentAt } from '../../rollout/host-progress.js';
import type { RolloutWatch } from './rollout-book.js';

export interface ReconnectProofNeeds {
  readonly connections: AgentConnections;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

/** A user that may look, and not close, fails anew each time: that is to be seen, and not to be a stream of events. */
const ASK_AGAIN_SECONDS = 30;

/**
 * Rules may let a connection live on that they would not let be made again: so the connection of a host that has shown its new rules is closed,
 * and it must come back over another one (docs/rollout.md#reconnect-proof). One step further each time it is asked, for each host. `now`: epoch seconds.
 */
export class ReconnectProof {
  readonly #needs: ReconnectProofNeeds;
  /** Hosts about which the management API is being asked. */
  readonly #asking = new Set<string>();
  #failure: string | undefined = undefined;
  /** Epoch seconds. */
  #askedAt = 0;

  constructor(needs: ReconnectProofNeeds) {
    this.#needs = needs;
  }

  /** Why it can't be told now; undefined: the management API answers. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether this host has yet to come back. */
  isDue(watch: RolloutWatch, hostkey: string): boolean {
    return watch.reconnects.get(hostkey)?.at !== 'proven';
  }

  /**
   * While a rollout stands still since the management API did not answer, nothing else asks it: it is asked again now and then, so that the
   * rollout goes on by itself. Never rejects.
   */
  async askAgain(hostkey: string, now: number): Promise<void> {
    if (this.#failure === undefined || now - this.#askedAt < ASK_AGAIN_SECONDS) return;
    this.#askedAt = now;
    try {
      await this.#needs.connections.of(hostkey);
      this.#failure = undefined;
      this.#needs.log.info({ hostkey }, 'the management API answers again');
    } catch (error) {
      this.#failure = reasonOf(error);
    }
  }

  /** `hosts` have shown their new rules. Never rejects. */
  async advance(watch: RolloutWatch, hosts: Iterable<string>, now: () => number): Promise<void> {
    await Promise.all([...hosts].map((hostkey) => this.#one(watch, hostkey, now)));
  }

  async #one(watch: RolloutWatch, hostkey: string, now: () => number): Promise<void> {
    if (this.#asking.has(hostkey) || !this.isDue(watch, hostkey)) return;
    this.#asking.add(hostkey);
    const { connections, log } = this.#needs;
    try {
      const known = watch.reconnects.get(hostkey);
      const connection = await connections.of(hostkey);
      this.#failure = undefined;
      if (known === undefined) {
        // Between two connections of its own there is nothing to close; it is looked at again.
        if (connection === undefined) return;
        await connections.close(connection, 'dog-trainer: it is seen whether the agent can connect with its new rules');
        log.info({ hostkey }, 'the connection of an agent was closed: it must come back with its new rules');
        watch.reconnects.set(hostkey, { at: 'closed', connection, since: now() });
        // What it reported before proves nothing of this.
        watch.progress.set(hostkey, sentAt(now()));
      } else if (known.at === 'closed' && connection !== undefined && connection !== known.connection) {
        watch.reconnects.set(hostkey, { at: 'proven' });
        watch.progress.set(hostkey, sentAt(now()));
      }
    } catch (error) {
      const failure = reasonOf(error);
      if (this.#failure === undefined)
        log.warn({ hostkey, reason: failure }, 'it can not be seen whether an agent comes back');
      this.#failure = failure;
      this.#askedAt = now();
    } finally {
      this.#asking.delete(hostkey);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
