import type { Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { RuleChoices } from '../dialect-rules.js';
import { finish } from '../finish.js';
import type { CompileError, RulePosition } from './compile-error.js';
import type { ReadRule, RuleReading } from './read-rule.js';
import { readRule } from './read-rule.js';

/** A rule with its place in the document. */
export interface PlacedRead extends ReadRule {
  readonly position: RulePosition;
}

/** The rules of a profile, each read once for all variants, and whether docker's chains belong in IPv4. */
export interface PolicyModel {
  readonly inbound: readonly PlacedRead[];
  readonly outbound: readonly PlacedRead[];
  /** An error counts for IPv4 only. */
  readonly docker: boolean | CompileError;
}

export type ReadProfile =
  { readonly ok: true; readonly policy: PolicyModel } | { readonly ok: false; readonly error: CompileError };

function profileError(field: string, reason: string, value?: Json): CompileError {
  return value === undefined
    ? { rule: null, kind: 'shape', field, reason: `missing: ${reason}` }
    : { rule: null, kind: 'shape', field, reason, value };
}

function readDocker(value: Json | undefined): boolean | CompileError {
  if (value === undefined || value === false || value === 'false' || value === 'undefined') return false;
  if (value === true || value === 'true') return true;
  return profileError('docker', 'give true or false', value);
}

/** Rules between two pauses. */
const RULES_A_STEP = 256;

/** Reads a profile document with `rules` in it; ids and names are not needed. */
export function readProfile(profile: Json, choices: RuleChoices, reading?: RuleReading): ReadProfile {
  return finish(readProfileInSteps(profile, choices, reading));
}

/** The same, with pauses. */
export function* readProfileInSteps(
  profile: Json,
  choices: RuleChoices,
  reading?: RuleReading,
): Generator<void, ReadProfile> {
  if (!isObject(profile)) return { ok: false, error: profileError('profile', 'give an object', profile) };
  const { rules } = profile;
  if (!isObject(rules)) {
    return { ok: false, error: profileError('rules', 'give an object with the lists inbound and outbound', rules) };
  }
  const { inbound, outbound } = rules;
  if (!isList(inbound)) return { ok: false, error: profileError('rules.inbound', 'give a list of rules', inbound) };
  if (!isList(outbound)) return { ok: false, error: profileError('rules.outbound', 'give a list of rules', outbound) };
  const place = function* (
    given: readonly Json[],
    direction: RulePosition['direction'],
  ): Generator<void, readonly PlacedRead[]> {
    const placed: PlacedRead[] = [];
    for (let index = 0; index < given.length; index += 1) {
      if (index % RULES_A_STEP === RULES_A_STEP - 1) yield;
      const { rule, faults, cut } = readRule(given[index] as Json, choices, reading);
      placed.push({ rule, faults, cut, position: { direction, index } });
    }
    return placed;
  };
  return {
    ok: true,
    policy: {
      inbound: yield* place(inbound, 'inbound'),
      outbound: yield* place(outbound, 'outbound'),
      docker: readDocker(profile['docker']),
    },
  };
}
