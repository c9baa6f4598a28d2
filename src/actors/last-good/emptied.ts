import type { Dialect } from '../../firewall/dialect.js';
import { finish } from '../../firewall/finish.js';
import { policyLookups } from '../../firewall/rules/policy-lookups.js';
import { compilePolicy } from '../../firewall/rules/compile-ruleset.js';
import { NO_ADDRESSES } from '../../firewall/rules/ruleset-input.js';
import type { LastGood } from '../../firewall/sets/compile-sets.js';
import { readSetName } from '../../firewall/sets/set-name.js';
import type { World } from '../../world/world.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';

/** How long people are told that an edit took all of something away, unless a further edit ends it; one day. */
const TOLD_MS = 86_400_000;

interface Emptied {
  readonly text: string;
  /** Monotonic milliseconds. */
  readonly since: number;
}

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
  #rulesets = new Map<string, { readonly output: RulesetOutput; readonly bare: boolean }>();
  /** Sets in use that had addresses when they were last looked at. */
  #filled = new Set<string>();
  readonly #emptied = new Map<string, Emptied>();

  constructor(world: Pick<World, 'hostsOf'>) {
    this.#world = world;
    this.#bare = { dog1: bareHashes('dog1'), dog2: bareHashes('dog2') };
  }

  /** Sets that had addresses before a restart. */
  remember(contents: LastGood): void {
    for (const [name, addresses] of contents) if (addresses.length > 0) this.#filled.add(name);
  }

  /** Looks at what there is now. `now`: monotonic milliseconds. */
  look(
    outputs: Iterable<RulesetOutput>,
    contents: LastGood | undefined,
    users: ReadonlyMap<string, readonly string[]>,
    now: number,
  ): void {
    this.#lookAtRulesets(outputs, now);
    if (contents !== undefined) this.#lookAtSets(contents, users, now);
    for (const [key, { since }] of this.#emptied) if (now - since >= TOLD_MS) this.#emptied.delete(key);
  }

  /** What people are to be told now, by `ruleset/GROUP` or the set's full name. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#emptied].map(([key, { text }]) => [key, text]));
  }

  #lookAtRulesets(outputs: Iterable<RulesetOutput>, now: number): void {
    const seen = new Map<string, { readonly output: RulesetOutput; readonly bare: boolean }>();
    for (const output of outputs) {
      const before = this.#rulesets.get(output.groupId);
      if (before?.output === output) {
        seen.set(output.groupId, before);
        continue;
      }
      const bare = this.#bare[output.dialect].has(output.ruleset.texts.set4.hash);
      seen.set(output.groupId, { output, bare });
      const key = `ruleset/${output.groupName}`;
      if (!bare) this.#emptied.delete(key);
      else if (before?.bare === false)
        this.#emptied.set(key, {
          since: now,
          text: `an edit took away all rules of the group ${output.groupName}, and was obeyed: its hosts have the bare frame now`,
        });
    }
    for (const [id, { output }] of this.#rulesets)
      if (!seen.has(id)) this.#emptied.delete(`ruleset/${output.groupName}`);
    this.#rulesets = seen;
  }

  #lookAtSets(contents: LastGood, users: ReadonlyMap<string, readonly string[]>, now: number): void {
    for (const [name, groups] of users) {
      const addresses = contents.get(name);
      if (addresses === undefined) continue;
      if (addresses.length > 0) {
        this.#filled.add(name);
        this.#emptied.delete(name);
      } else if (this.#filled.delete(name) && !this.#isOfSilentHosts(name))
        this.#emptied.set(name, {
          since: now,
          text: `an edit took away all addresses of the set ${name}, which the rulesets of ${groups.join(', ')} name, and was obeyed: it is empty now`,
        });
    }
    for (const name of [...this.#filled, ...this.#emptied.keys()])
      if (!users.has(name) && !name.startsWith('ruleset/')) {
        this.#filled.delete(name);
        this.#emptied.delete(name);
      }
  }

  #isOfSilentHosts(name: string): boolean {
    const parts = readSetName(name);
    if (parts?.kind !== 'group') return false;
    return parts.base === 'all-active' || this.#world.hostsOf(parts.base).length > 0;
  }
}
