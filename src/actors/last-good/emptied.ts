import type { Dialect } from '../../firewall/dialect.js';
import { finish } from '../../firewall/finish.js';
import { policyLookups } from '../../firewall/rules/policy-lookups.js';
import { compilePolicy } from '../../firewall/rules/compile-ruleset.js';
import { NO_ADDRESSES } from '../../firewall/rules/ruleset-input.js';
import type { LastGood } from '../../firewall/sets/compile-sets.js';
import { readSetName } from '../../firewall/sets/set-name.js';
import type { World } from '../../world/world.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import type { KeptEmptied } from './kept-emptied.js';

/** How long people are told that an edit took all of something away, unless a further edit ends it; one day. */
const TOLD_SECONDS = 86_400;

const lookups = policyLookups([], [], []);

/** Hashes of rulesets that hold no rule of anybody's, only the frame that all have. */
function bareHashes(dialect: Dialect): ReadonlySet<string> {
  return new Set(
    [false, true].flatMap((docker) => {
      const made = finish(
        compilePolicy(
          { inbound: [], outbound: [], docker },
          { type: 'ipsets', version: 'v4', selfGroup: '', lookups, addresses: NO_ADDRESSES },
          dialect,
        ),
      );
      return made.ok ? [made.hash] : [];
    }),
  );
}

/**
 * Watches for edits that take away all of a set, or all rules of a ruleset, that were in use. Such an order is obeyed,
 * but may well be a mistake, so people are told. A group's set that is empty because its hosts fell silent is none.
 */
export class EmptiedWatch {
  readonly #world: Pick<World, 'hostsOf'>;
  readonly #bare: Readonly<Record<Dialect, ReadonlySet<string>>>;
  /** Whether each group's newest ruleset is bare, by group id. */
  #rulesets = new Map<string, { readonly output: RulesetOutput | undefined; readonly bare: boolean }>();
  /** Sets in use that had addresses when they were last looked at. */
  #filled = new Set<string>();
  /** Since when groups, by id, have no rules and sets, by full name, no addresses, because an edit took them away. */
  readonly #emptied = { rulesets: new Map<string, number>(), sets: new Map<string, number>() };
  #texts: ReadonlyMap<string, string> | undefined = undefined;

  constructor(world: Pick<World, 'hostsOf'>) {
    this.#world = world;
    this.#bare = { dog1: bareHashes('dog1'), dog2: bareHashes('dog2') };
  }

  /** What was before a restart: content of sets, what was emptied, and which groups had a ruleset, by id. */
  remember(contents: LastGood, kept: KeptEmptied | undefined, groups: Iterable<string>): void {
    for (const [name, addresses] of contents) if (addresses.length > 0) this.#filled.add(name);
    if (kept === undefined) return;
    for (const id of groups) this.#rulesets.set(id, { output: undefined, bare: kept.bare.has(id) });
    for (const [id, since] of kept.rulesets) this.#emptied.rulesets.set(id, since);
    for (const [name, since] of kept.sets) this.#emptied.sets.set(name, since);
  }

  /** Looks at what there is now. `now`: epoch seconds. */
  look(
    outputs: Iterable<RulesetOutput>,
    contents: LastGood | undefined,
    users: ReadonlyMap<string, readonly string[]>,
    now: number,
  ): void {
    this.#lookAtRulesets(outputs, now);
    this.#lookAtSets(contents, users, now);
    for (const emptied of Object.values(this.#emptied))
      for (const [key, since] of emptied) {
        // The clock was set back.
        if (since > now) emptied.set(key, now);
        else if (now - since >= TOLD_SECONDS) emptied.delete(key);
      }
    this.#texts = new Map([
      ...[...this.#emptied.rulesets.keys()].map((id) => this.#rulesetText(id)),
      ...[...this.#emptied.sets.keys()].map((name) => setText(name, users.get(name) ?? [])),
    ]);
  }

  /** What people are to be told now, by `ruleset/GROUP` or the set's full name; `undefined` before the first look. */
  texts(): ReadonlyMap<string, string> | undefined {
    return this.#texts;
  }

  /** What the next server must know. */
  kept(): KeptEmptied {
    const bare = [...this.#rulesets].filter((entry) => entry[1].bare).map(([id]) => id);
    return { rulesets: this.#emptied.rulesets, sets: this.#emptied.sets, bare: new Set(bare) };
  }

  #lookAtRulesets(outputs: Iterable<RulesetOutput>, now: number): void {
    const seen = new Map<string, { readonly output: RulesetOutput; readonly bare: boolean }>();
    const { rulesets: emptied } = this.#emptied;
    for (const output of outputs) {
      const { groupId } = output;
      const before = this.#rulesets.get(groupId);
      const bare =
        before?.output === output ? before.bare : this.#bare[output.dialect].has(output.ruleset.texts.set4.hash);
      seen.set(groupId, { output, bare });
      if (!bare) emptied.delete(groupId);
      else if (before?.bare === false) emptied.set(groupId, now);
    }
    for (const id of emptied.keys()) if (!seen.has(id)) emptied.delete(id);
    this.#rulesets = seen;
  }

  #lookAtSets(contents: LastGood | undefined, users: ReadonlyMap<string, readonly string[]>, now: number): void {
    const { sets: emptied } = this.#emptied;
    for (const name of users.keys()) {
      const addresses = contents?.get(name);
      if (addresses === undefined) continue;
      if (addresses.length > 0) {
        this.#filled.add(name);
        emptied.delete(name);
      } else if (this.#filled.delete(name) && !this.#isOfSilentHosts(name)) emptied.set(name, now);
    }
    for (const name of [...this.#filled, ...emptied.keys()])
      if (!users.has(name)) {
        this.#filled.delete(name);
        emptied.delete(name);
      }
  }

  #isOfSilentHosts(name: string): boolean {
    const parts = readSetName(name);
    if (parts?.kind !== 'group') return false;
    return parts.base === 'all-active' || this.#world.hostsOf(parts.base).length > 0;
  }

  #rulesetText(groupId: string): [string, string] {
    const name = this.#rulesets.get(groupId)?.output?.groupName ?? groupId;
    return [
      `ruleset/${name}`,
      `an edit took away all rules of the group ${name}, and was obeyed: its hosts have the bare frame now`,
    ];
  }
}

function setText(name: string, groups: readonly string[]): [string, string] {
  return [
    name,
    `an edit took away all addresses of the set ${name}, which the rulesets of ${groups.join(', ')} name, and was obeyed: it is empty now`,
  ];
}
