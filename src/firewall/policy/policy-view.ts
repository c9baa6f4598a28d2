import type { Document, Json } from '../../model/document.js';
import { RULE_CHOICES } from '../dialect-rules.js';
import type { Dialect } from '../dialect.js';
import type { AddressMaps } from '../rules/emission.js';
import { type PolicyLookups, policyLookups } from '../rules/policy-lookups.js';
import { type ReadProfile, readProfile } from '../rules/read-profile.js';
import { addressMaps } from './address-maps.js';
import type { Policy } from './policy.js';
import { sortedDocuments } from './sorted-documents.js';
import { wantedSets } from './wanted-sets.js';

const NO_RULES: Json = { inbound: [], outbound: [] };

/** A group whose name is a built-in's is no group that rules could mean. */
const BUILTIN_IDS: ReadonlySet<string> = new Set(['all-active', 'self']);

/**
 * What compiling groups needs from a policy, each part worked out once when it is first needed. Holds for the policy as
 * it stands: make a new view when a document has changed.
 */
export class PolicyView {
  readonly #policy: Policy;
  readonly dialect: Dialect;
  #lookups: PolicyLookups | undefined;
  #addresses: AddressMaps | undefined;
  #rulesets: ReadonlyMap<string, Document> | undefined;
  /** A ruleset that names its profile in a way that cannot be read: it may be that of any profile that has none. */
  #astray: string | undefined;
  readonly #rules = new Map<string, ReadProfile>();

  constructor(policy: Policy, dialect: Dialect) {
    this.#policy = policy;
    this.dialect = dialect;
  }

  group(id: string): Document | undefined {
    return this.#policy.group.get(id);
  }

  get lookups(): PolicyLookups {
    if (this.#lookups === undefined) {
      const { group, zone, service } = this.#policy;
      const groups = [...group.values()].filter(({ id }) => !BUILTIN_IDS.has(id));
      this.#lookups = policyLookups(groups, [...zone.values()], [...service.values()]);
    }
    return this.#lookups;
  }

  /** For rulesets without sets. */
  get addresses(): AddressMaps {
    this.#addresses ??= addressMaps(wantedSets(this.#policy, this.dialect).wanted, this.dialect);
    return this.#addresses;
  }

  /** The rules of a profile, read once for all groups that have it; `undefined`: there is no such profile. */
  rules(profileId: string): ReadProfile | undefined {
    const profile = this.#policy.profile.get(profileId);
    if (profile === undefined) return undefined;
    const found = this.#rules.get(profileId);
    if (found !== undefined) return found;
    const rules = this.#rulesOf(profile);
    const { rules: _own, ...rest } = profile;
    const read = readProfile(rules === undefined ? rest : { ...rest, rules }, RULE_CHOICES[this.dialect]);
    this.#rules.set(profileId, read);
    return read;
  }

  /**
   * The rules that a profile stands for: those of the ruleset that names it (the first by id of several), else none.
   * In `dog2` a profile of a very old database, which holds its rules itself, keeps them; the old server lost them.
   */
  #rulesOf(profile: Document): Json | undefined {
    this.#rulesets ??= this.#rulesetsByProfile();
    const ruleset = this.#rulesets.get(profile.id);
    // Without its rules it is no order to have none: the profile cannot be read.
    if (ruleset !== undefined || this.#astray !== undefined) return ruleset?.rules;
    return this.dialect === 'dog2' && profile.rules !== undefined ? profile.rules : NO_RULES;
  }

  #rulesetsByProfile(): ReadonlyMap<string, Document> {
    const found = new Map<string, Document>();
    for (const ruleset of sortedDocuments(this.#policy.ruleset.values())) {
      const { profile_id: profileId } = ruleset;
      if (typeof profileId === 'string') {
        if (!found.has(profileId)) found.set(profileId, ruleset);
      } else if (profileId !== undefined) this.#astray ??= ruleset.id;
    }
    return found;
  }
}

interface KeptView {
  readonly version: number;
  readonly view: PolicyView;
}

const kept: Readonly<Record<Dialect, WeakMap<Policy, KeptView>>> = { dog1: new WeakMap(), dog2: new WeakMap() };

/** The view of a policy; the last one again while the policy's version stands. */
export const policyView = (policy: Policy, dialect: Dialect): PolicyView => {
  const { version } = policy;
  if (version === undefined) return new PolicyView(policy, dialect);
  const found = kept[dialect].get(policy);
  if (found?.version === version) return found.view;
  const view = new PolicyView(policy, dialect);
  kept[dialect].set(policy, { version, view });
  return view;
};
