import type { Dialect } from '../dialect.js';
import { RULE_CHOICES } from '../dialect-rules.js';
import { finish } from '../finish.js';
import { sortByBytes } from '../hash/byte-order.js';
import { rulesetHash } from '../hash/normalize-ruleset.js';
import { COMMENT_BYTES } from './comment-text.js';
import type { CompileError, CompileWarning, Fault } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import { printRule } from './print-rule.js';
import type { PlacedRead, PolicyModel } from './read-profile.js';
import { readProfile } from './read-profile.js';
import { ruleToKernel, serviceOf } from './rule-to-kernel.js';
import type { RulesetInput } from './ruleset-input.js';
import { skeletonV4, skeletonV6 } from './skeleton.js';

/** One ruleset of a group: its text for `iptables-restore`, and the hash that hosts report when they hold it. */
export interface CompiledRuleset {
  readonly ok: true;
  readonly text: string;
  readonly hash: string;
  /** Names of the sets that the rules match against, in byte order; they must exist before the text is loaded. */
  readonly sets: readonly string[];
  readonly warnings: readonly CompileWarning[];
}

/**
 * Nothing was made: what the kernel would refuse, or read back otherwise, is never published
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

type Variant = Omit<RulesetInput, 'profile'>;

/** Rules between two pauses: well under a millisecond of work. */
const RULES_A_STEP = 64;

class RulesetCompiler {
  readonly #emission: Emission;
  readonly #style: 'old' | 'kernel';
  readonly sets = new Set<string>();
  readonly warnings: CompileWarning[] = [];
  readonly #warned = new Set<string>();
  /** The rule at hand. */
  #at: PlacedRead['position'] = { direction: 'inbound', index: 0 };

  constructor(variant: Variant, dialect: Dialect) {
    const choices = RULE_CHOICES[dialect];
    this.#style = choices.commentStyle;
    this.#emission = {
      choices,
      type: variant.type,
      version: variant.version,
      lookups: variant.lookups,
      addresses: variant.addresses,
      // Not copied: whether a ruleset hangs on its group's name is known from whether that was asked for.
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

  /** The lines of all rules in one pass; pauses now and then. */
  *lines(rules: readonly PlacedRead[], pass: Pass): Generator<void, string[]> {
    const lines: string[] = [];
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
      // A service without entries says nothing, whatever else the rule holds.
      if (service?.entries.length === 0) continue;
      if (fault !== undefined) this.#emission.fault(fault);
      if (service === undefined) continue;
      if (cut) this.#emission.warn('comment', `was cut to the ${COMMENT_BYTES} bytes that the kernel keeps`);
      for (const made of ruleToKernel(rule, service, pass, this.#emission, faults)) {
        for (const line of printRule(made, this.#style)) lines.push(line);
      }
    }
    return lines;
  }
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/**
 * Compiles one variant of a policy that was read with the same dialect, step by step. Use this for the four variants of
 * a group: the rules are read once. Nothing that `variant` answers may change in between, or the text is of no policy.
 */
export function* compilePolicy(
  policy: PolicyModel,
  variant: Variant,
  dialect: Dialect,
): Generator<void, RulesetResult> {
  const compiler = new RulesetCompiler(variant, dialect);
  try {
    const inbound = yield* compiler.lines(policy.inbound, 'inbound');
    const answers = yield* compiler.lines(policy.inbound, 'answer');
    const outbound = yield* compiler.lines(policy.outbound, 'outbound');
    yield;
    const docker = variant.version === 'v4' && policy.docker;
    if (typeof docker !== 'boolean') return { ok: false, error: docker };
    const frame = variant.version === 'v4' ? skeletonV4(docker) : skeletonV6(RULE_CHOICES[dialect].ipv6HostTraffic);
    const text = frame.head + joined(inbound) + frame.middle + joined(answers) + joined(outbound) + frame.tail;
    const sets = sortByBytes([...compiler.sets]);
    return { ok: true, text, hash: rulesetHash(text), sets, warnings: compiler.warnings };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, error: error.fault };
    throw error;
  }
}

/** Compiles one ruleset (docs/rulesets.md#the-text-of-a-ruleset) in a dialect (docs/rulesets.md#two-dialects). */
export function compileRuleset(input: RulesetInput, dialect: Dialect): RulesetResult {
  const read = readProfile(input.profile, RULE_CHOICES[dialect]);
  return read.ok ? finish(compilePolicy(read.policy, input, dialect)) : { ok: false, error: read.error };
}
