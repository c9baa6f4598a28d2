import type { Document } from '../../model/document.js';
import { RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import { finish } from '../finish.js';
import { type Answers, Readings } from './answers.js';
import { compileRules, type CompiledGroup, type CompileGroupOptions, findRules } from './compile-group.js';
import type { Policy } from './policy.js';
import { type PolicyView, policyView } from './policy-view.js';

interface Kept {
  /** Documents are immutable, so a change means another object. */
  readonly profile: Document;
  readonly ruleset: Document | undefined;
  readonly readings: Readings;
  readonly compiled: CompiledGroup;
  readonly cost: number;
  /** The policy's version when it was last seen to hold. */
  heldAt: number | undefined;
}

export interface CompileBookOptions extends CompileGroupOptions {
  /** About how many characters of text are kept; default 32 Mi. The entry used last stays whatever its size. */
  readonly maxChars?: number;
}

/** How often policy may change during a compilation before it is finished without pauses. */
const MOST_DISTURBED = 3;

/** Size of an entry besides its texts, and of each question and answer, in characters. */
const COST = { entry: 1000, reading: 100 } as const;

function keyOf(profileId: string, self: string | undefined): string {
  return JSON.stringify([profileId, self]);
}

/**
 * Compiles the groups of a policy that is kept up to date in place, each distinct input once: groups of one profile get
 * the very same object, as long as every question of that compilation still has the same answer. It forgets the entries
 * used least recently, and those whose profile or ruleset document changed.
 */
export class CompileBook {
  readonly #policy: Policy;
  readonly #options: CompileBookOptions;
  readonly #maxChars: number;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  constructor(policy: Policy, options: CompileBookOptions) {
    this.#policy = policy;
    this.#options = options;
    this.#maxChars = options.maxChars ?? 32 << 20;
  }

  /**
   * The same as `compileGroup` gives for the policy as it is when this ends, with pauses; policy may change meanwhile.
   */
  *compile(groupId: string): Generator<void, CompiledGroup> {
    for (let disturbed = 0; ; disturbed += 1) {
      const view = yield* this.#viewWith(groupId);
      const found = findRules(view, groupId);
      if ('ok' in found) return found;
      const { name, profile, ruleset } = found;
      const answers = view.answers(name);
      const known = this.#known(profile, ruleset, answers);
      if (known !== undefined) return known;

      const readings = new Readings(answers);
      const steps = compileRules(view, found, readings.answers, this.#options);
      const compiled = disturbed < MOST_DISTURBED ? yield* steps : finish(steps);
      const now = yield* this.#viewWith(groupId, readings);
      if (now !== view) {
        const still = findRules(now, groupId);
        const same = !('ok' in still) && still.profile === profile && still.ruleset === ruleset;
        if (!same || !readings.hold(now.answers(still.name))) continue;
      }
      this.#keep(profile, ruleset, readings, compiled);
      return compiled;
    }
  }

  /**
   * The view of policy as it is when this ends. What rulesets without sets rest on is made ready with pauses: the
   * addresses that these readings are about, or what is kept of this group.
   */
  *#viewWith(groupId: string, readings?: Readings): Generator<void, PolicyView> {
    for (let disturbed = 0; ; disturbed += 1) {
      const { version } = this.#policy;
      const view = policyView(this.#policy, this.#options.dialect);
      if (!this.#options.generateUnset) return view;
      const asked = readings === undefined ? this.#setsAsked(view, groupId) : readings.setsAsked;
      const work = view.makeAddresses(asked);
      if (disturbed < MOST_DISTURBED) yield* work;
      else finish(work);
      if (version === this.#policy.version) return view;
    }
  }

  #setsAsked(view: PolicyView, groupId: string): readonly string[] {
    const found = findRules(view, groupId);
    if ('ok' in found) return [];
    return [undefined, found.name].flatMap(
      (self) => this.#kept.get(keyOf(found.profile.id, self))?.readings.setsAsked ?? [],
    );
  }

  #known(profile: Document, ruleset: Document | undefined, answers: Answers): CompiledGroup | undefined {
    for (const key of [keyOf(profile.id, undefined), keyOf(profile.id, answers.selfGroup)]) {
      const kept = this.#kept.get(key);
      if (kept === undefined) continue;
      if (kept.profile !== profile || kept.ruleset !== ruleset) {
        this.#forget(key, kept);
        continue;
      }
      const { version } = this.#policy;
      if ((version === undefined || kept.heldAt !== version) && !kept.readings.hold(answers)) {
        this.#forget(key, kept);
        continue;
      }
      kept.heldAt = version;
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.compiled;
    }
    return undefined;
  }

  #keep(profile: Document, ruleset: Document | undefined, readings: Readings, compiled: CompiledGroup): void {
    const chars = compiled.ok ? RULESET_VARIANTS.reduce((sum, { key }) => sum + compiled[key].text.length, 0) : 0;
    const cost = COST.entry + COST.reading * readings.size + chars;
    const key = keyOf(profile.id, readings.self);
    const before = this.#kept.get(key);
    if (before !== undefined) this.#forget(key, before);
    this.#kept.set(key, { profile, ruleset, readings, compiled, cost, heldAt: this.#policy.version });
    this.#chars += cost;
    for (const [oldest, kept] of this.#kept) {
      if (this.#chars <= this.#maxChars || this.#kept.size === 1) return;
      this.#forget(oldest, kept);
    }
  }

  #forget(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#chars -= kept.cost;
  }
}
