import { compileGroup } from '../../firewall/policy/compile-group.js';
import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Clock, DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import type { SetBook } from '../../world/set-book.js';
import type { World } from '../../world/world.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { observationSummary, observeGroup, observeSets, type Observation, type ObservedGroup } from './observation.js';
import type { ObserverCast } from './observer-messages.js';
import { observeLinks, type ObserveLinksNeeds } from './observe-links.js';
import { rulesHeld, setsHeld } from '../hosts/held-by-hosts.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';

export interface ObserverNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly world: Pick<World, 'ready' | 'policy' | 'rows' | 'hostsOf'>;
  readonly sets: Pick<SetBook, 'render'>;
  readonly dialect: Dialect;
  readonly config: Pick<Config, 'generate_unset_tables' | 'check_v6_hashes'> & ObserveLinksNeeds['config'];
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Is given every new observation. */
  readonly seen: (observation: Observation) => void;
}

interface Info extends Message {
  readonly tag: 'compare';
}

/** How long changes gather before everything is compared anew. */
const GATHER_MS = 1000;
/** Groups compiled before others get their turn. */
const SLICE = 20;
/** Groups named in the log one by one; the API has all of them. */
const MOST_LOGGED = 50;

/**
 * Compares, and does nothing else: what this server would send with what the database says was sent. It stands in the
 * place of groups and publishers when the server runs beside another one (`start --observe`).
 */
export class Observer implements GenServer<never, never, ObserverCast, Info> {
  readonly #needs: ObserverNeeds;
  #last: Observation | undefined = undefined;
  #waiting = false;

  constructor(needs: ObserverNeeds) {
    this.#needs = needs;
  }

  init(self: Self<Info>): void {
    this.#later(self);
  }

  handleCast(self: Self<Info>): void {
    this.#later(self);
  }

  async handleInfo(self: Self<Info>): Promise<void> {
    this.#waiting = false;
    if (!this.#needs.world.ready) return this.#later(self);
    const observation = await this.#observe();
    const before = this.#last;
    this.#last = observation;
    this.#needs.seen(observation);
    this.#tell(observation, before);
  }

  describe(): DetailObject {
    return this.#last === undefined ? { state: 'loading' } : { ...observationSummary(this.#last), at: this.#last.at };
  }

  #later(self: Self<Info>): void {
    if (this.#waiting) return;
    this.#waiting = true;
    self.sendAfter(GATHER_MS, { tag: 'compare' });
  }

  async #observe(): Promise<Observation> {
    const { world, sets, config, dialect } = this.#needs;
    const groups: ObservedGroup[] = [];
    const options = { dialect, generateUnset: config.generate_unset_tables };
    for (const row of [...world.rows('group').values()]) {
      if (groups.length % SLICE === SLICE - 1) await new Promise((resolve) => setImmediate(resolve));
      const compiled = compileGroup(world.policy, row.id, options);
      groups.push(
        observeGroup(row, compiled, options.generateUnset, (hashes) =>
          rulesHeld(world, row, hashes, config.check_v6_hashes),
        ),
      );
    }
    const stored = newestSetHash([...world.rows('ipset').values()]) ?? null;
    const { hash } = sets.render();
    return {
      at: nowSeconds(this.#needs.clock),
      dialect,
      groups,
      sets: observeSets(stored, hash, setsHeld(world, hash)),
      links: observeLinks({ world, config }),
    };
  }

  #tell(observation: Observation, before: Observation | undefined): void {
    const { log } = this.#needs;
    const summary = observationSummary(observation);
    if (before !== undefined && JSON.stringify(observationSummary(before)) === JSON.stringify(summary)) return;
    for (const group of observation.groups.filter(({ state }) => state !== 'same').slice(0, MOST_LOGGED)) {
      const what =
        group.state === 'differs' || group.state === 'held_by_hosts'
          ? { hashes: group.differences.map(({ field }) => field) }
          : group.state === 'cannot_compare'
            ? { error: group.error }
            : {};
      if (group.state === 'held_by_hosts') {
        log.info({ group: group.name, ...what }, `observed: this group's ${group.note}; a takeover sends nothing`);
        continue;
      }
      log.warn(
        { group: group.name, ...what },
        `observed: this group ${group.state === 'differs' ? 'differs' : 'cannot be compared'}`,
      );
    }
    for (const { name, differences } of observation.links.filter(({ state }) => state === 'differs'))
      log.warn({ link: name, differences }, 'observed: this link differs');
    log.info(summary, 'observed: what this server would send, compared with the stored hashes (GET /api/V2/observe)');
  }
}
