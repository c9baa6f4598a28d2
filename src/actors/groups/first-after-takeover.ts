import type { Config } from '../../config/schema.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, Message, Self } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import { decideTakeover, rulesHeld } from '../hosts/held-by-hosts.js';
import { hashFieldsOf, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';

export interface FirstAfterTakeoverNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: Pick<Config, 'check_v6_hashes' | 'repair' | 'takeover_wait_seconds'>;
  readonly world: Pick<World, 'rows' | 'hostsOf'>;
  readonly outputs: Pick<RulesetOutputs, 'awaited'>;
}

/** Perhaps hosts have reported by now. */
export interface LookAgain extends Message {
  readonly tag: 'look_again';
}

type Verdict = ReturnType<typeof decideTakeover>;

/** How often it is looked whether hosts have reported, after a takeover. */
const ASK_AGAIN_MS = 500;

/**
 * The first ruleset of a group in this store. Hosts taken over from another server may run these very rules, whether
 * its hashes say so or not (they may be of another spelling of the same): then nothing is to be sent, since loading
 * rules anew resets their counters.
 */
export class FirstAfterTakeover {
  readonly #needs: FirstAfterTakeoverNeeds;
  readonly #groupId: string;
  /** The ruleset, while hosts have yet to say whether they run it. */
  #awaiting: RulesetOutput | undefined = undefined;
  /** Monotonic milliseconds: until when hosts are waited for. */
  readonly #waitsUntil: number;

  constructor(needs: FirstAfterTakeoverNeeds, groupId: string) {
    this.#needs = needs;
    this.#groupId = groupId;
    this.#waitsUntil = needs.clock.monotonic() + needs.config.takeover_wait_seconds * 1000;
  }

  get awaiting(): RulesetOutput | undefined {
    return this.#awaiting;
  }

  /** How long it still waits; null: it does not. */
  get waitsSeconds(): number | null {
    if (this.#awaiting === undefined) return null;
    return Math.round((this.#waitsUntil - this.#needs.clock.monotonic()) / 1000);
  }

  /**
   * What is to become of it: `publish` it, or `adopt` it as what hosts have already. `wait`: it is looked again, upon
   * `look_again`. `held`: what hosts say, where the group's row alone does not tell.
   */
  decide(
    self: Self<LookAgain>,
    group: Document,
    output: RulesetOutput,
  ): { readonly verdict: Verdict; readonly held?: ReturnType<typeof rulesHeld> } {
    const { config, clock, world } = this.#needs;
    if (hasHashes(group, output)) return { verdict: 'adopt' };
    const hashes = hashFieldsOf(output);
    const foreign = Object.keys(hashes).some((field) => textOf(group[field]) !== '');
    if (!foreign) return { verdict: 'publish' };
    const held = rulesHeld(world, group, hashes, config.check_v6_hashes);
    const mayWait = clock.monotonic() < this.#waitsUntil;
    const verdict = decideTakeover(held, { repair: config.repair, mayWait });
    if (verdict === 'wait') this.#wait(self, output);
    return { verdict, held };
  }

  /** It is decided, or overtaken. */
  end(): void {
    this.#awaiting = undefined;
    this.#needs.outputs.awaited.delete(this.#groupId);
  }

  #wait(self: Self<LookAgain>, output: RulesetOutput): void {
    // One timer at a time: a compile that gives the same again finds one running.
    if (this.#awaiting === undefined || this.#awaiting === output) self.sendAfter(ASK_AGAIN_MS, { tag: 'look_again' });
    this.#awaiting ??= output;
    this.#needs.outputs.awaited.add(this.#groupId);
  }
}

/** Whether the group's row has the hashes of this ruleset. */
export function hasHashes(group: Document, output: RulesetOutput): boolean {
  return Object.entries(hashFieldsOf(output)).every(([field, hash]) => group[field] === hash);
}
