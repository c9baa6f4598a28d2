import type { Config } from '../../config/schema.js';
import type { Clock } from '../../otp/index.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { World } from '../../world/world.js';
import type { Log } from '../../log/log.js';
import { decideTakeover, setsHeld } from '../hosts/held-by-hosts.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';
import type { ConfirmedSets } from './confirmed-sets.js';

export interface SetTakeoverNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: Pick<Config, 'repair' | 'takeover_wait_seconds'>;
  readonly world: Pick<World, 'rows'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'takeover'>;
  readonly log: Pick<Log, 'info'>;
}

/** How often it is looked whether hosts have reported. */
export const ASK_AGAIN_MS = 500;

type Verdict = ReturnType<typeof decideTakeover>;

/**
 * Decides whether agents have the sets already, from another server that this one has taken over from: by the hash that
 * it stored last, or, since that may be of another spelling, by what hosts report.
 */
export class SetTakeover {
  readonly #needs: SetTakeoverNeeds;
  readonly #waitsUntil: number;
  /** Of the text that is waited with; when it changes, somebody has edited something, and that goes out as ever. */
  #sha: string | undefined = undefined;

  constructor(needs: SetTakeoverNeeds) {
    this.#needs = needs;
    this.#waitsUntil = needs.clock.monotonic() + needs.config.takeover_wait_seconds * 1000;
  }

  /** For sets of which none was confirmed. `asked`: rules wait for them, so hosts are not waited for. */
  decide({ sha, hash }: RenderedSets, asked: boolean): Verdict {
    const { world, config, confirmedSets, clock, log } = this.#needs;
    if (confirmedSets.takeover === 'over') return 'publish';
    const stored = newestSetHash(world.rows('ipset').values());
    const edited = this.#sha !== undefined && this.#sha !== sha;
    const mayWait = !asked && !edited && clock.monotonic() < this.#waitsUntil;
    const held = setsHeld(world, hash);
    const verdict =
      stored === undefined
        ? 'publish'
        : stored === hash
          ? 'adopt'
          : decideTakeover(held, { repair: config.repair, mayWait });
    this.#sha = sha;
    confirmedSets.takeover = verdict === 'wait' ? 'waits' : 'over';
    if (verdict === 'adopt' && stored !== hash)
      log.info({ hosts: { ...held } }, 'taken over: hosts already hold our sets, nothing is sent');
    return verdict;
  }
}
