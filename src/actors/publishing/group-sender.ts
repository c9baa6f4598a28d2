import type { Outcome, Outbox } from '../../broker/outbox-contract.js';
import type { Log } from '../../log/log.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, Self } from '../../otp/index.js';
import type { RulesetOutput, RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { GatheredGroups } from './gathered-groups.js';
import type { GroupMessage, OwedToGroups } from './owed-to-groups.js';
import { pipeOutcome } from './pipe-outcome.js';
import { groupRuleset, groupSetsAlone } from './publications.js';
import type { WaitingGroup } from './publish-queue.js';
import type { IpsetReply } from './publisher-messages.js';
import { RoomInOutbox } from './room-in-outbox.js';
import { sendToAstray, type SendToAstrayNeeds } from './send-to-astray.js';

export interface GroupSenderNeeds extends SendToAstrayNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly outputs: SendToAstrayNeeds['outputs'] & Pick<RulesetOutputs, 'get'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** What became of a group's message in the outbox, and how many seconds after it was put; `bytes`: its size. */
export interface SettledInfo {
  readonly tag: 'settled';
  readonly output: RulesetOutput;
  readonly message: GroupMessage;
  readonly bytes: number;
  readonly outcome: Outcome;
  readonly seconds: number;
}

/** Puts messages of groups into the outbox, as far as there is room for them; the others go on waiting by name. */
export class GroupSender {
  readonly #needs: GroupSenderNeeds;
  readonly #gathered: GatheredGroups;
  readonly #owed: OwedToGroups;
  readonly room = new RoomInOutbox();

  constructor(needs: GroupSenderNeeds, gathered: GatheredGroups, owed: OwedToGroups) {
    this.#needs = needs;
    this.#gathered = gathered;
    this.#owed = owed;
  }

  /** With a pause after each. A group that names other sets than these is held. */
  *send(
    self: Self<SettledInfo>,
    groups: readonly (readonly [string, WaitingGroup])[],
    sets: IpsetReply,
  ): Generator<void, void> {
    for (const [id, { force }] of groups) {
      if (this.room.take(id)) this.#sendOne(self, id, force, sets);
      yield;
    }
  }

  /** This message has left the outbox. True: there is room again, and was none. */
  settled({ output, message, bytes }: SettledInfo): boolean {
    this.#owed.settled(output.groupId, message);
    return this.room.settled(output.groupId, bytes);
  }

  #sendOne(self: Self<SettledInfo>, groupId: string, force: boolean, sets: IpsetReply): void {
    const output = this.#needs.outputs.get(groupId);
    if (output === undefined || !this.#owed.owes(output, force)) {
      this.#gathered.waiting.delete(groupId);
      return;
    }
    const missing = output.ruleset.sets.filter((name) => !sets.published.has(name) || sets.unusable.has(name));
    if (missing.length > 0) return this.#hold(output, missing.slice(0, 5));
    this.#gathered.waiting.delete(groupId);
    this.#put(self, output, this.#owed.take(output, force));
  }

  #hold({ groupId, groupName }: RulesetOutput, missing: readonly string[]): void {
    const { held } = this.#gathered;
    const why = `waits for the sets ${missing.join(', ')}`;
    if (held.get(groupId) !== why) this.#needs.log.warn({ group: groupName, sets: missing }, why);
    held.set(groupId, why);
  }

  #put(self: Self<SettledInfo>, output: RulesetOutput, message: GroupMessage): void {
    const { outbox, clock } = this.#needs;
    const { groupId, groupName } = output;
    const { rules, sets } = message;
    const now = clock.now();
    const began = clock.monotonic();
    this.#gathered.sent(groupId);
    this.#count(groupName, message);
    const put = {
      target: `group/${groupId}`,
      class: 'group',
      // The store has it as not confirmed.
      owed: rules && output.publishedAt === null,
      publication: rules || sets === undefined ? groupRuleset(output, now, sets) : groupSetsAlone(groupName, sets, now),
    } as const;
    const bytes = put.publication.body.byteLength;
    this.room.put(groupId, bytes);
    pipeOutcome<SettledInfo>(self, outbox.put(put), (outcome) => ({
      tag: 'settled',
      output,
      message,
      bytes,
      outcome,
      seconds: (clock.monotonic() - began) / 1000,
    }));
    sendToAstray(this.#needs, output, rules ? 'rules' : 'sets');
  }

  #count(groupName: string, { rules, sets }: GroupMessage): void {
    const { metrics } = this.#needs;
    if (sets !== undefined) metrics.count('ipset_publish');
    if (!rules) return;
    metrics.count('iptables_publish');
    metrics.count('iptables_publish_group', groupName);
  }
}
