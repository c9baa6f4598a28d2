import type { Json } from '../../model/document.js';
import type { RulesetType } from '../../model/ruleset-variants.js';
import { isList, isObject } from '../../model/validate.js';
import type { Dialect } from '../dialect.js';
import { RULE_CHOICES } from '../dialect-rules.js';
import { finish } from '../finish.js';
import type { CompileError, Fault, RulePosition } from './compile-error.js';
import type { AddressMaps, Emission } from './emission.js';
import type { PolicyLookups } from './policy-lookups.js';
import { readRule } from './read-rule.js';
import { expandRule } from './expand-rule.js';
import { nameOfPeer } from './resolve-peer.js';
import { serviceOf } from './resolve-rule.js';

export interface RulesCheck {
  readonly lookups: PolicyLookups;
  readonly dialect: Dialect;
  /** Whether rulesets without sets are made too. */
  readonly unsetTables: boolean;
  /** As in {@link RuleReading}; absent: no. */
  readonly anyIsEveryone?: boolean;
  /**
   * Rules that are stored already: a reference to what does not exist is not a fault if they hold it
   * (docs/decisions/0027-unknown-references.md).
   */
  readonly stored?: Json | undefined;
  /** Places of the rules in a list that are looked at, rising; absent: all. */
  readonly at?: (list: readonly Json[]) => Iterable<number>;
  /** What this check found of rules so far; absent: each rule is looked at by itself. */
  readonly found?: FoundFaults;
}

/** Rules between two pauses. */
const RULES_A_STEP = 64;
/** This many entries of a service are as much work as one rule. */
const ENTRIES_A_RULE = 4;

/** Stands in for the addresses of any group or zone, which are not known when rules are written. */
class AnyAddresses extends Map<string, readonly string[]> {
  readonly #list: readonly string[];
  constructor(address: string) {
    super();
    this.#list = [address];
  }
  override get(): readonly string[] {
    return this.#list;
  }
}

const SOME_V4 = new AnyAddresses('192.0.2.1/32');
const SOME_V6 = new AnyAddresses('2001:db8::1/128');
const SOME: AddressMaps = { roleV4: SOME_V4, roleV6: SOME_V6, zoneV4: SOME_V4, zoneV6: SOME_V6 };

const UNWRITABLE = /[\u0000-\u001f\u007f\\]/;

/** Text that a stored rule may hold, but a new one may not (docs/rulesets.md#what-the-kernel-refuses). */
function writtenTextFaults(rule: Json): Fault[] {
  if (!isObject(rule)) return [];
  const reason = 'give a string without line feeds, other control characters and backslashes';
  return ['comment', 'interface'].flatMap((field): Fault[] => {
    const value = rule[field];
    return typeof value === 'string' && UNWRITABLE.test(value) ? [{ kind: 'kernel', field, value, reason }] : [];
  });
}

/** What rules refer to: `field` and id. */
function referencesOf(rules: Json | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  if (!isObject(rules)) return found;
  for (const list of [rules['inbound'], rules['outbound']]) {
    if (!isList(list)) continue;
    for (const rule of list) {
      if (!isObject(rule)) continue;
      for (const field of ['group', 'service']) found.add(JSON.stringify([field, rule[field] ?? null]));
    }
  }
  return found;
}

/** Rules that are told apart; more are looked at by themselves. */
const MOST_FOUND = 4096;

/**
 * Faults of rules by what a rule says, for one check of many rulesets whose rules are much alike. It rests on the lookups and
 * the terms of the check, which are one moment's; so it is made for the check and goes with it.
 */
export class FoundFaults {
  readonly #faults = new Map<string, readonly Fault[]>();

  /** Those of `rule`, which `look` finds unless an equal one was looked at. */
  of(rule: Json, direction: RulePosition['direction'], look: () => readonly Fault[]): readonly Fault[] {
    const says = `${direction} ${JSON.stringify(rule)}`;
    const known = this.#faults.get(says);
    if (known !== undefined) return known;
    const faults = look();
    if (this.#faults.size < MOST_FOUND) this.#faults.set(says, faults);
    return faults;
  }
}

/** Every fault of one rule in every variant, each once. */
function ruleFaults(value: Json, direction: RulePosition['direction'], check: RulesCheck): readonly Fault[] {
  const look = () => lookAtRule(value, direction, check);
  return check.found === undefined ? look() : check.found.of(value, direction, look);
}

function lookAtRule(value: Json, direction: RulePosition['direction'], check: RulesCheck): readonly Fault[] {
  const choices = RULE_CHOICES[check.dialect];
  const { rule, faults } = readRule(value, choices, { anyIsEveryone: check.anyIsEveryone === true });
  const found = new Map<string, Fault>();
  const fault = (one: Fault): void => {
    const key = `${one.field}\n${one.reason}`;
    if (!found.has(key)) found.set(key, one);
  };
  faults.forEach(fault);
  if (rule === null) return [...found.values()];
  writtenTextFaults(value).forEach(fault);
  const referred = { lookups: check.lookups, selfGroup: 'self' };
  const service = faults.some(({ field }) => field === 'service') ? undefined : serviceOf(rule, referred, fault);
  if (service === undefined) return [...found.values()];
  const peerName = rule.peer.kind === 'anyone' ? null : nameOfPeer(rule.peer, referred, fault);
  if (peerName === undefined) return [...found.values()];
  const types: readonly RulesetType[] = check.unsetTables ? ['ipsets', 'iptables'] : ['ipsets'];
  for (const type of types) {
    for (const version of ['v4', 'v6'] as const) {
      const emission: Emission = {
        choices,
        type,
        version,
        addresses: SOME,
        sets: new Set(),
        fault,
        warn: () => undefined,
      };
      expandRule(rule, direction, service, peerName, emission, [], { inbound: [], answer: [], outbound: [] });
    }
  }
  return [...found.values()];
}

/**
 * Everything that is wrong with the `rules` of a ruleset document about to be written: each rule is compiled
 * for both families, with sets and without. Empty when the rules compile for every group, whatever addresses there are.
 * Absent rules are fine: the profile has none then.
 */
export function checkRules(rules: Json | undefined, check: RulesCheck): readonly CompileError[] {
  return finish(checkRulesInSteps(rules, check));
}

function entriesOf(rule: Json, { lookups }: RulesCheck): number {
  const service = isObject(rule) ? rule['service'] : undefined;
  const found = typeof service === 'string' ? lookups.services.get(service) : undefined;
  return found?.ok === true ? found.service.entries.length : 0;
}

/** The same, with pauses. */
export function* checkRulesInSteps(
  rules: Json | undefined,
  check: RulesCheck,
): Generator<void, readonly CompileError[]> {
  if (rules === undefined) return [];
  if (!isObject(rules)) {
    return [
      { rule: null, kind: 'shape', field: 'rules', value: rules, reason: 'give an object with inbound and outbound' },
    ];
  }
  let known: ReadonlySet<string> | undefined;
  const errors: CompileError[] = [];
  for (const direction of ['inbound', 'outbound'] as const) {
    const list = rules[direction];
    if (!isList(list)) {
      const fault = { rule: null, kind: 'shape', field: `rules.${direction}`, reason: 'give a list of rules' } as const;
      errors.push(list === undefined ? fault : { ...fault, value: list });
      continue;
    }
    let work = 0;
    for (const index of check.at?.(list) ?? list.keys()) {
      const rule = list[index] as Json;
      // A rule has a line per entry of its service.
      work += 1 + entriesOf(rule, check) / ENTRIES_A_RULE;
      if (work >= RULES_A_STEP) {
        work = 0;
        yield;
      }
      for (const fault of ruleFaults(rule, direction, check)) {
        const isStored = (): boolean =>
          (known ??= referencesOf(check.stored)).has(JSON.stringify([fault.field, fault.value]));
        if (fault.kind !== 'reference' || !isStored()) errors.push({ ...fault, rule: { direction, index } });
      }
    }
  }
  return errors;
}
