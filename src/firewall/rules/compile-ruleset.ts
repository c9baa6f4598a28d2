import type { Dialect } from '../dialect.js';
import { RULE_CHOICES, type RuleChoices } from '../dialect-rules.js';
import { finish } from '../finish.js';
import { sortByBytes } from '../hash/byte-order.js';
import type { Printer } from '../printer.js';
import { FIELD_PRINTER } from '../printers.js';
import type { CompileError, CompileWarning, Fault, RulePosition } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import { expandRule, serviceOf } from './expand-rule.js';
import type { FirewallRule } from './firewall-rule.js';
import type { PlacedRead, PolicyModel } from './read-profile.js';
import { readProfile } from './read-profile.js';
import type { RulesetInput } from './ruleset-input.js';

/** One ruleset of a group: its text, and the hash that hosts report when they hold it. */
export interface CompiledRuleset {
  readonly ok: true;
  readonly text: string;
  readonly hash: string;
  /** Names of the sets that the rules match against, in byte order; they must exist before the text is loaded. */
  readonly sets: readonly string[];
  readonly warnings: readonly CompileWarning[];
}

/**
 * Nothing was made: what the kernel would refuse, or print back changed, is never published
 * (docs/rulesets.md#what-the-kernel-refuses).
 */
export interface RefusedRuleset {
  readonly ok: false;
  readonly error: CompileError;
}

export type RulesetResult = CompiledRuleset | RefusedRuleset;

/** Ends a compilation at its first fault; never leaves this file. */
class Refused extends Error {
  readonly fault: CompileError;
  constructor(fault: CompileError) {
    super(fault.reason);
    this.fault = fault;
  }
}

/** Which rule of the document a line was made from; null: it is one of the fixed lines around the rules. */
export type LineOrigin = RulePosition | null;

type Variant = Omit<RulesetInput, 'profile'>;

/** Rules between two pauses: well under a millisecond of work. */
const RULES_A_STEP = 64;

class RulesetCompiler {
  readonly #emission: Emission;
  readonly #commentBytes: number;
  readonly sets = new Set<string>();
  readonly warnings: CompileWarning[] = [];
  /** Where the rules stand that others were made from; undefined: nobody asks. */
  readonly positions: Map<FirewallRule, RulePosition> | undefined;
  readonly #warned = new Set<string>();
  /** The rule at hand. */
  #at: PlacedRead['position'] = { direction: 'inbound', index: 0 };

  constructor(variant: Variant, choices: RuleChoices, commentBytes: number, traced: boolean) {
    this.positions = traced ? new Map() : undefined;
    this.#commentBytes = commentBytes;
    this.#emission = {
      choices,
      type: variant.type,
      version: variant.version,
      lookups: variant.lookups,
      addresses: variant.addresses,
      // Not copied: reading `selfGroup` is what records that a ruleset depends on its group's name.
      get selfGroup() {
        return variant.selfGroup;
      },
      sets: this.sets,
      fault: (fault: Fault) => {
        throw new Refused({ ...fault, rule: this.#at });
      },
      warn: (field, message) => this.#warn({ rule: this.#at, field, message }),
    };
  }

  /** Each once. */
  #warn(warning: CompileWarning): void {
    const { rule, field, message } = warning;
    const key = `${rule?.direction} ${rule?.index} ${field} ${message}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.warnings.push(warning);
  }

  /** Compiles all rules in one pass, with pauses. */
  *rules(rules: readonly PlacedRead[], pass: Pass): Generator<void, FirewallRule[]> {
    const found: FirewallRule[] = [];
    for (const [done, { rule, faults, cut, position }] of rules.entries()) {
      if (done % RULES_A_STEP === RULES_A_STEP - 1) yield;
      this.#at = position;
      const fault = faults.find(({ kind }) => kind !== 'kernel');
      if (rule === null) {
        if (fault !== undefined) this.#emission.fault(fault);
        continue;
      }
      if (pass === 'answer' && !rule.answered) continue;
      const service = faults.some(({ field }) => field === 'service') ? undefined : serviceOf(rule, this.#emission);
      // A service without entries gives no line, whatever else the rule holds.
      if (service?.entries.length === 0) continue;
      if (fault !== undefined) this.#emission.fault(fault);
      if (service === undefined) continue;
      if (cut) this.#emission.warn('comment', `was cut to the ${this.#commentBytes} bytes that the kernel keeps`);
      for (const made of expandRule(rule, service, pass, this.#emission, faults)) {
        this.positions?.set(made, position);
        found.push(made);
      }
    }
    return found;
  }
}

/**
 * Compiles one variant of a policy that was read with the same dialect, step by step. Use this for the four variants of
 * a group: the rules are read once. Nothing that `variant` answers may change meanwhile, or the text mixes two
 * policies.
 * @param origins gets the origin of each line of the text
 */
export function* compilePolicy(
  policy: PolicyModel,
  variant: Variant,
  dialect: Dialect,
  printer: Printer = FIELD_PRINTER,
  origins?: LineOrigin[],
): Generator<void, RulesetResult> {
  const choices = RULE_CHOICES[dialect];
  const compiler = new RulesetCompiler(variant, choices, printer.comments.bytes, origins !== undefined);
  const lines = origins === undefined ? undefined : ([] as (FirewallRule | null)[]);
  try {
    const inbound = yield* compiler.rules(policy.inbound, 'inbound');
    const answers = yield* compiler.rules(policy.inbound, 'answer');
    const outbound = yield* compiler.rules(policy.outbound, 'outbound');
    const family = variant.version;
    const docker = family === 'v4' && policy.docker;
    if (typeof docker !== 'boolean') return { ok: false, error: docker };
    yield;
    const hostTraffic = choices.ipv6HostTraffic;
    const text = yield* printer.print({ family, docker, hostTraffic, inbound, answers, outbound }, choices, lines);
    for (const rule of lines ?? []) origins?.push((rule && compiler.positions?.get(rule)) ?? null);
    yield;
    const sets = sortByBytes([...compiler.sets]);
    return { ok: true, text, hash: printer.hash(text), sets, warnings: compiler.warnings };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, error: error.fault };
    throw error;
  }
}

/** Compiles one ruleset (docs/rulesets.md#the-text-of-a-ruleset) in a dialect (docs/rulesets.md#two-dialects). */
export function compileRuleset(input: RulesetInput, dialect: Dialect, printer: Printer = FIELD_PRINTER): RulesetResult {
  const read = readProfile(input.profile, RULE_CHOICES[dialect], { anyIsEveryone: false, printer });
  return read.ok ? finish(compilePolicy(read.policy, input, dialect, printer)) : { ok: false, error: read.error };
}
