import type { Config } from '../../config/schema.js';
import type { CompileBook } from '../../firewall/policy/compile-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { JsonObject } from '../../model/document.js';
import type { Clock } from '../../otp/index.js';
import type { Slices } from '../../world/slices.js';
import { nowSeconds } from '../now-seconds.js';
import { madeFrom, type RulesetOutput, type RulesetOutputs } from './ruleset-outputs.js';
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

/** Compiles the group's policy, in slices. */
export async function makeTexts(
  { clock, config, compiles, slices, outputs, metrics }: MadeTextsNeeds,
  groupId: string,
): Promise<Made | { readonly error: JsonObject }> {
  const work = timed(compiles.compile(groupId), clock, (ms) =>
    metrics.observe('dog_trainer_compile_seconds', ms / 1000),
  );
  const { compiled, inputs } = await slices.run(withInputs(work, () => outputs.inputsOf(groupId)));
  if (!compiled.ok) return { error: compiled.error };
  metrics.count('generate_iptables_ruleset', 'ok', config.generate_unset_tables ? 4 : 2);
  const ruleset = await outputs.rulesets.pack(compiled);
  return { ruleset, compiledAt: nowSeconds(clock), ...madeFrom(inputs, ruleset) };
}

/** What the work comes to, and what it was made from at that very moment. */
function* withInputs<Result>(
  work: Generator<void, Result>,
  inputs: () => string | undefined,
): Generator<void, { readonly compiled: Result; readonly inputs: string | undefined }> {
  const compiled = yield* work;
  return { compiled, inputs: inputs() };
}
