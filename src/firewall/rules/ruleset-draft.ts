import type { RuleChoices } from '../dialect-rules.js';
import type { CompileError, CompileWarning, Fault } from './compile-error.js';
import type { Emission, Pass } from './emission.js';
import { expandRule, type RulesByPass } from './expand-rule.js';
import type { PlacedRead } from './read-profile.js';
import type { ResolvedRule } from './resolve-rule.js';
import type { Variant } from './ruleset-input.js';

/** Ends a rule at its first fault; never leaves this file. */
class Refused extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.reason);
    this.fault = fault;
  }
}

/** One ruleset of a group while it is compiled, rule by rule, up to its first fault. */
export class RulesetDraft {
  readonly variant: Variant;
  readonly rules: RulesByPass = { inbound: [], answer: [], outbound: [] };
  /** Why there will be no ruleset. */
  refused: CompileError | undefined = undefined;
  readonly #warnings: Readonly<Record<Pass, CompileWarning[]>> = { inbound: [], answer: [], outbound: [] };
  readonly #commentBytes: number;
  readonly #emission: Emission;
  /** The rule at hand. */
  #at: PlacedRead['position'] = { direction: 'inbound', index: 0 };

  /** @param sets gets the names of the sets that the rules match against */
  constructor(variant: Variant, choices: RuleChoices, commentBytes: number, sets: Set<string>) {
    this.variant = variant;
    this.#commentBytes = commentBytes;
    this.#emission = {
      choices,
      type: variant.type,
      version: variant.version,
      addresses: variant.addresses,
      sets,
      fault(fault) {
        throw new Refused(fault);
      },
      warn: (pass, field, message) => {
        this.#warnings[pass].push({ rule: this.#at, field, message });
      },
    };
  }

  /**
   * Adds what a rule becomes, with the rules for packets that answer it. Those have no fault that the rule itself does
   * not have, so the first fault is the same as if all answers came after all rules, as they do in the text.
   */
  add({ position, faults, cut }: PlacedRead, { rule, service, peerName }: ResolvedRule): void {
    this.#at = position;
    if (cut)
      this.#emission.warn(
        position.direction,
        'comment',
        `was cut to the ${this.#commentBytes} bytes that the kernel keeps`,
      );
    try {
      expandRule(rule, position.direction, service, peerName, this.#emission, faults, this.rules);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refuse({ ...error.fault, rule: position });
    }
  }

  /** The first fault counts. */
  refuse(error: CompileError): void {
    this.refused ??= error;
  }

  /** Each once, in the order of the text. */
  warnings(): readonly CompileWarning[] {
    const { inbound, answer, outbound } = this.#warnings;
    const seen = new Set<string>();
    return [...inbound, ...answer, ...outbound].filter(({ rule, field, message }) => {
      const key = `${rule?.direction} ${rule?.index} ${field} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
  }
}
