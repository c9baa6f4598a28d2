import type { Config } from '../../config/schema.js';
import type { CompileBook } from '../../firewall/policy/compile-book.js';
import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { JsonObject } from '../../model/document.js';
import type { Clock } from '../../otp/index.js';
import type { Slices } from '../../world/slices.js';
import { nowSeconds } from '../now-seconds.js';
import { madeFrom, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';
import type { SharedRulesets } from './shared-rulesets.js';
import { timed } from './timed.js';

export interface MadeTextsNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: Pick<Config, 'generate_unset_tables'>;
  readonly compiles: Pick<CompileBook, 'compile'>;
  readonly slices: Pick<Slices, 'run'>;
  readonly outputs: RulesetOutputs;
  readonly metrics: Pick<Metrics, 'count' | 'observe'>;
}

/** Texts for a group, when they were compiled, and from what, as far as it is known. */
export type Made = Pick<RulesetOutput, 'ruleset' | 'compiledAt' | 'madeFrom'>;

/** What the store had of the group, if policy as it is now compiles to just that. */
export function unchangedTexts({ outputs }: Pick<MadeTextsNeeds, 'outputs'>, groupId: string): Made | undefined {
  const last = outputs.get(groupId);
  if (last?.madeFrom === undefined) return undefined;
  const { ruleset, compiledAt } = last;
  const now = madeFrom(outputs.inputsOf(groupId), ruleset);
  return now.madeFrom === last.madeFrom ? { ruleset, compiledAt, ...now } : undefined;
}

interface MadeNow {
  readonly ok: true;
  /** From what it was compiled, if that is known. */
  readonly inputs: string | undefined;
  readonly packed: ReturnType<SharedRulesets['pack']>;
}

/** Compiles the group's policy and packs its texts, in slices. */
export async function makeTexts(
  { clock, config, compiles, slices, outputs, metrics }: MadeTextsNeeds,
  groupId: string,
): Promise<Made | { readonly error: JsonObject }> {
  const work = timed(compiles.compile(groupId), clock, (ms) =>
    metrics.observe('dog_trainer_compile_seconds', ms / 1000),
  );
  const made = await slices.run(madeOf(work, outputs, groupId));
  if (!made.ok) return { error: made.error };
  metrics.count('generate_iptables_ruleset', 'ok', config.generate_unset_tables ? 4 : 2);
  const ruleset = await made.packed;
  return { ruleset, compiledAt: nowSeconds(clock), ...madeFrom(made.inputs, ruleset) };
}

/** What the work comes to, what it was made from at that very moment, and its texts packed. */
function* madeOf(
  work: Generator<void, CompiledGroup>,
  outputs: RulesetOutputs,
  groupId: string,
): Generator<void, (CompiledGroup & { readonly ok: false }) | MadeNow> {
  const compiled = yield* work;
  if (!compiled.ok) return compiled;
  const inputs = outputs.inputsOf(groupId);
  yield;
  return { ok: true, inputs, packed: outputs.rulesets.pack(compiled) };
}
