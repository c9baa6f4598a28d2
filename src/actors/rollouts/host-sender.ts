import type { Outbox, Outcome } from '../../broker/outbox-contract.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { Clock, Message, Self } from '../../otp/index.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { pipeOutcome } from '../publishing/pipe-outcome.js';
import { hostRuleset } from '../publishing/publications.js';

export interface HostSenderNeeds {
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly groupSets: Pick<GroupSets, 'of'>;
}

/** How a host's message ended; `round`: of which sending. */
export interface Settled extends Message {
  readonly tag: 'settled';
  readonly round: number;
  readonly hostkey: string;
  readonly outcome: Outcome;
}

/** Messages of one rollout in the outbox at a time: others must find room. */
const AT_ONCE = 200;

/** Sends a list of hosts one revision, each by its own key. What is sent anew replaces what still waited. */
export class HostSender<Info extends Message> {
  readonly #needs: HostSenderNeeds;
  #round = 0;
  #output: RulesetOutput | undefined = undefined;
  #waiting: string[] = [];
  #underWay = new Set<string>();
  #for = '';

  constructor(needs: HostSenderNeeds) {
    this.#needs = needs;
  }

  /** What is being sent, as its caller called it; blank: nothing, or nothing yet. */
  get purpose(): string {
    return this.#for;
  }

  /** All of it was confirmed, or replaced by something newer. */
  get done(): boolean {
    return this.#waiting.length === 0 && this.#underWay.size === 0;
  }

  get left(): number {
    return this.#waiting.length + this.#underWay.size;
  }

  send(self: Self<Info | Settled>, what: string, output: RulesetOutput, hosts: readonly string[]): void {
    this.#round += 1;
    this.#for = what;
    this.#output = output;
    this.#waiting = [...hosts];
    this.#underWay = new Set();
    this.#fill(self);
  }

  /** Nothing more of it is sent. */
  stop(): void {
    this.#round += 1;
    this.#for = '';
    this.#waiting = [];
    this.#underWay = new Set();
  }

  settled(self: Self<Info | Settled>, { round, hostkey, outcome }: Settled): void {
    if (round !== this.#round || !this.#underWay.delete(hostkey)) return;
    // There was no room, or no queue took it: whether the host has it, its reports tell.
    if (outcome.kind === 'dropped') this.#waiting.push(hostkey);
    else this.#fill(self);
  }

  /** Sends as much as may be under way; also what was given up before. */
  fill(self: Self<Info | Settled>): void {
    this.#fill(self);
  }

  #fill(self: Self<Info | Settled>): void {
    const output = this.#output;
    const round = this.#round;
    while (output !== undefined && this.#underWay.size < AT_ONCE) {
      const hostkey = this.#waiting.shift();
      if (hostkey === undefined) return;
      this.#underWay.add(hostkey);
      const { outbox, clock, groupSets } = this.#needs;
      const ticket = outbox.put({
        target: `host/${hostkey}`,
        class: 'host',
        publication: hostRuleset(output, hostkey, clock.now(), groupSets.of(output.ruleset.sets)),
      });
      pipeOutcome<Info | Settled>(self, ticket, (outcome) => ({ tag: 'settled', round, hostkey, outcome }));
    }
  }
}

/** A revision as it is sent. */
export function asOutput(
  { groupId, groupName, dialect }: Pick<RulesetOutput, 'groupId' | 'groupName' | 'dialect'>,
  ruleset: StoredRuleset,
  compiledAt: number,
): RulesetOutput {
  return { groupId, groupName, dialect, ruleset, compiledAt, publishedAt: null };
}
