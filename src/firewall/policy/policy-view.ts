import { SERVICE_ANY } from '../../model/builtins.js';
import type { Document, Json } from '../../model/document.js';
import { finish } from '../finish.js';
import { compareBytes } from '../hash/byte-order.js';
import { RULE_CHOICES } from '../dialect-rules.js';
import type { Dialect } from '../dialect.js';
import type { AddressMaps } from '../rules/emission.js';
import type { Printer } from '../printer.js';
import { nameOf, type PolicyLookups, RULE_BUILTINS } from '../rules/policy-lookups.js';
import { type ReadProfile, readProfileInSteps } from '../rules/read-profile.js';
import { readService } from '../rules/read-service.js';
import { readServiceOnce } from '../rules/read-service-once.js';
import type { Answers } from './answers.js';
import type { Policy } from './policy.js';
import { RulesetIndex, type RulesetsByProfile } from './rulesets-by-profile.js';
import { type SetAddresses, setAddresses } from './set-addresses.js';
import { wantedByName } from './wanted-by-name.js';

const NO_RULES: Json = { inbound: [], outbound: [] };

/** A group with the name of a built-in group: rules cannot refer to it. */
const BUILTIN_IDS: ReadonlySet<string> = new Set(RULE_BUILTINS);

const ANY = readService(SERVICE_ANY);

const stripped = new WeakMap<Document, Document>();

/** Stands in for the rules of a ruleset whose profile is not certain: they must not be used for any profile. */
function withoutRules(ruleset: Document): Document {
  const known = stripped.get(ruleset);
  if (known !== undefined) return known;
  const { rules: _rules, ...rest } = ruleset;
  const made = { ...rest, id: ruleset.id };
  stripped.set(ruleset, made);
  return made;
}

/**
 * What compiling groups needs from a policy, each part computed once when it is first needed. Valid for the policy as
 * it is: make a new view when a document has changed.
 */
export class PolicyView {
  readonly #policy: Policy;
  readonly dialect: Dialect;
  readonly lookups: PolicyLookups;
  #addresses: SetAddresses | undefined;
  #rulesets: RulesetsByProfile | undefined;

  constructor(policy: Policy, dialect: Dialect) {
    this.#policy = policy;
    this.dialect = dialect;
    const { group, zone, service } = policy;
    this.lookups = {
      groups: { get: (id) => (BUILTIN_IDS.has(id) ? id : nameIn(group, id)) },
      zones: { get: (id) => nameIn(zone, id) },
      services: {
        get(id) {
          const document = service.get(id);
          return document === undefined ? (id === SERVICE_ANY.id ? ANY : undefined) : readServiceOnce(document);
        },
      },
    };
  }

  group(id: string): Document | undefined {
    return this.#policy.group.get(id);
  }

  profile(id: string): Document | undefined {
    return this.#policy.profile.get(id);
  }

  /**
   * The ruleset that names a profile: the first by id of several. One that names its profile in a way that cannot be
   * read may be that of any profile that has none: it stands in without its rules, since that is not certain.
   */
  ruleset(profileId: string): Document | undefined {
    this.#rulesets ??= this.#policy.rulesetsByProfile ?? RulesetIndex.of(this.#policy.ruleset.values());
    const own = firstById(this.#rulesets.naming(profileId));
    if (own !== undefined) return own;
    const astray = firstById(this.#rulesets.astray);
    return astray === undefined ? undefined : withoutRules(astray);
  }

  /** For rulesets without sets; what {@link makeAddresses} did not make before is made without a pause. */
  get addresses(): AddressMaps {
    return finish(this.#setAddresses()).maps;
  }

  /** Makes the addresses of these sets (full names) ready, with pauses. */
  *makeAddresses(sets: Iterable<string>): Generator<void, void> {
    for (const set of sets) yield* (yield* this.#setAddresses()).make(set);
  }

  *#setAddresses(): Generator<void, SetAddresses> {
    if (this.#addresses === undefined) {
      const wanted = yield* wantedByName(this.#policy, this.dialect);
      this.#addresses = setAddresses(wanted, this.dialect);
    }
    return this.#addresses;
  }

  /** What policy answers when the rules of a group of this name are compiled. */
  answers(selfGroup: string): Answers {
    return {
      lookups: this.lookups,
      addresses: {
        // Addresses are computed only when they are asked for.
        roleV4: { get: (name) => this.addresses.roleV4.get(name) },
        roleV6: { get: (name) => this.addresses.roleV6.get(name) },
        zoneV4: { get: (name) => this.addresses.zoneV4.get(name) },
        zoneV6: { get: (name) => this.addresses.zoneV6.get(name) },
      },
      selfGroup,
    };
  }

  /**
   * Reads the rules that a profile stands for, with pauses: those of the ruleset that names it, else none. In `dog2` a
   * profile of a very old database, which holds its rules itself, keeps them; in `dog1` it has none.
   */
  rules(profile: Document, ruleset: Document | undefined, printer: Printer): Generator<void, ReadProfile> {
    const { rules: own, docker } = profile;
    const rest = docker === undefined ? {} : { docker };
    const rules = ruleset === undefined ? ((this.dialect === 'dog2' ? own : undefined) ?? NO_RULES) : ruleset.rules;
    // A ruleset whose rules are missing does not mean "no rules": the profile cannot be read.
    return readProfileInSteps(rules === undefined ? rest : { ...rest, rules }, RULE_CHOICES[this.dialect], {
      anyIsEveryone: this.#policy.anyIsEveryone === true,
      printer,
    });
  }
}

function firstById(documents: Iterable<Document>): Document | undefined {
  let first: Document | undefined;
  for (const one of documents) if (first === undefined || compareBytes(one.id, first.id) < 0) first = one;
  return first;
}

function nameIn(table: ReadonlyMap<string, Document>, id: string): string | null | undefined {
  const document = table.get(id);
  return document === undefined ? undefined : nameOf(document);
}

interface KeptView {
  readonly version: number;
  readonly view: PolicyView;
}

const kept: Readonly<Record<Dialect, WeakMap<Policy, KeptView>>> = { dog1: new WeakMap(), dog2: new WeakMap() };

/** The view of a policy; the same one as before while the policy's version is the same. */
export function policyView(policy: Policy, dialect: Dialect): PolicyView {
  const { version } = policy;
  if (version === undefined) return new PolicyView(policy, dialect);
  const found = kept[dialect].get(policy);
  if (found?.version === version) return found.view;
  const view = new PolicyView(policy, dialect);
  kept[dialect].set(policy, { version, view });
  return view;
}
