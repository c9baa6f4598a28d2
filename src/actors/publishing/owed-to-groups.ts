import type { GroupSets, NamedSets } from '../../world/group-sets.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';

export interface OwedToGroupsNeeds {
  readonly groupSets: Pick<GroupSets, 'of' | 'given'>;
}

/** What a message to a group holds. */
export interface GroupMessage {
  /** Its rules, and not its sets alone. */
  readonly rules: boolean;
  /** Undefined: they go to all by themselves. */
  readonly sets: NamedSets | undefined;
}

/** What groups are to be sent: rules that were not confirmed, and, where sets go by group, sets that hold something else now. */
export class OwedToGroups {
  readonly #groupSets: OwedToGroupsNeeds['groupSets'];
  /** Messages in the outbox, the newest of each group. */
  readonly #underWay = new Map<string, GroupMessage>();
  /** Groups whose sets go out though hosts were given them. */
  readonly #again = new Set<string>();

  constructor({ groupSets }: OwedToGroupsNeeds) {
    this.#groupSets = groupSets;
  }

  /** `force`: its rules go out even if they are the confirmed ones. */
  owes(output: RulesetOutput, force: boolean): boolean {
    return owesRules(output, force) || this.owesSets(output);
  }

  /** Where sets go by group: its rules were given, but not its sets as they are now. */
  owesSets({ groupId, ruleset }: RulesetOutput): boolean {
    const sets = this.#groupSets.of(ruleset.sets);
    if (sets === undefined) return false;
    const given = this.#underWay.get(groupId)?.sets?.sha ?? this.#groupSets.given(groupId)?.sha;
    return given !== sets.sha || this.#again.has(groupId);
  }

  /** Its sets go out once more. */
  sendAgain(groupId: string): void {
    this.#again.add(groupId);
  }

  /** What a group that is owed something is sent now; it is under way from here on. */
  take(output: RulesetOutput, force: boolean): GroupMessage {
    const { groupId, ruleset } = output;
    this.#again.delete(groupId);
    const sets = this.#groupSets.of(ruleset.sets);
    // The newest message takes the place of one that waits, so it holds what that holds.
    const rules = owesRules(output, force) || sets === undefined || this.#underWay.get(groupId)?.rules === true;
    const message = { rules, sets };
    this.#underWay.set(groupId, message);
    return message;
  }

  /** This message has left the outbox, however that ended. */
  settled(groupId: string, message: GroupMessage): void {
    if (this.#underWay.get(groupId) === message) this.#underWay.delete(groupId);
  }

  forget(groupId: string): void {
    this.#underWay.delete(groupId);
    this.#again.delete(groupId);
  }
}

function owesRules({ publishedAt }: RulesetOutput, force: boolean): boolean {
  return publishedAt === null || force;
}
