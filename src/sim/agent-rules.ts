import type { RulesetTexts, RulesPayload } from '../wire/messages/rules-payload.js';
import type { Enforcement } from './agent-hashes.js';
import type { AgentTiming } from './agent-timing.js';
import type { SetFamily } from './kernel/set-address.js';
import type { SimKernel } from './kernel/sim-kernel.js';

/** What applying a message came to; an agent tells nobody, the simulator does. */
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

const RULESETS = ['ruleset4_ipset', 'ruleset6_ipset', 'ruleset4_iptables', 'ruleset6_iptables'] as const;

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
  for (const key of RULESETS) {
    const text = payload[key];
    if (text !== false) files.set(key, text);
  }
  let rules = false;
  if (enforcement.enforcing) {
    const [v4, v6] = enforcement.useIpsets ? RULESETS.slice(0, 2) : RULESETS.slice(2);
    for (const [key, family] of [
      [v4, 'inet'],
      [v6, 'inet6'],
    ] as const) {
      const text = key === undefined ? false : payload[key];
      if (text === false) continue;
      const refused = await applyFilter(family, text, context);
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
