import { RULESET_VARIANTS, variantsOfType } from '../model/ruleset-variants.js';
import type { RulesetTexts, RulesPayload } from '../wire/messages/rules-payload.js';
import type { Enforcement } from './agent-hashes.js';
import type { AgentTiming } from './agent-timing.js';
import type { SetFamily } from './kernel/set-address.js';
import type { SimKernel } from './kernel/sim-kernel.js';

/** The result of applying a message; real agents do not report it, the simulator does. */
export interface Applied {
  readonly sets: boolean;
  readonly rules: boolean;
  /** What the tools said when the agent gave up. */
  readonly error: string | undefined;
}

/** What applying works with. */
export interface ApplyContext {
  readonly kernel: SimKernel;
  readonly files: Map<keyof RulesetTexts, string>;
  readonly enforcement: Enforcement;
  readonly timing: AgentTiming;
  /** Waits; rejects when the agent's process ends meanwhile. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * What an agent does with a message of its rules queue, in its order (docs/protocol.md#what-an-agent-does).
 */
export async function applyRules(payload: RulesPayload, context: ApplyContext): Promise<Applied> {
  const { kernel, files, enforcement } = context;
  let error: string | undefined;
  const sets = payload.ipsets !== '' && enforcement.enforcing && enforcement.useIpsets;
  if (sets) {
    error = await applySets(payload.ipsets, context);
    kernel.destroySetsNotIn(payload.ipsets);
  }
  for (const { wireField } of RULESET_VARIANTS) {
    const text = payload[wireField];
    if (text !== false) files.set(wireField, text);
  }
  let rules = false;
  if (enforcement.enforcing) {
    for (const { wireField, family } of variantsOfType(enforcement.useIpsets ? 'ipsets' : 'iptables')) {
      const text = payload[wireField];
      if (text === false) continue;
      const refused = await applyFilter(family === 'v4' ? 'inet' : 'inet6', text, context);
      rules ||= refused === undefined;
      error ??= refused;
    }
  }
  return { sets, rules, error };
}

/** Tries, waits, tries again; the agent takes the last failure for a success. */
async function applySets(text: string, { kernel, timing, pause }: ApplyContext): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const error = kernel.restoreSets(text);
    await pause(timing.setsPauseMs);
    if (error === undefined || tries >= timing.setsTries) return error;
    await pause(timing.setsRetryMs);
  }
}

async function applyFilter(
  family: SetFamily,
  text: string,
  { kernel, timing, pause }: ApplyContext,
): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const error = kernel.restoreFilter(family, text);
    if (error === undefined || tries >= timing.rulesTries) return error;
    await pause(timing.rulesRetryMs);
  }
}
