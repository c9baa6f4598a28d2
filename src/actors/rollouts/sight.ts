import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { othersSilent } from '../../rollout/others-silent.js';
import type { World } from '../../world/world.js';
import type { BrokerLink } from '../broker/broker-link.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import { type MayPublish, whyHeld } from '../publishing/publishing-gate.js';
import { reportedAt } from './group-hosts.js';
import type { RolloutBook } from './rollout-book.js';

export interface SightNeeds {
  readonly world: Pick<World, 'rows' | 'groupByName'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
  /** To the broker, for what is sent, and for what is reported. */
  readonly link: Pick<BrokerLink, 'connection'>;
  readonly reportsLink: Pick<BrokerLink, 'connection' | 'trouble'>;
  readonly outputs: { readonly rollouts: Pick<RolloutBook, 'ahead' | 'get'> };
}

/** Why this server can't tell whether hosts are well; undefined: it can (docs/rollout.md#our-own-blindness). */
export function blindness({ guard, gate, link, reportsLink }: SightNeeds): string | undefined {
  if (link.connection === undefined || reportsLink.connection === undefined) return 'the broker is away';
  if (reportsLink.trouble !== undefined) return `no reports are taken: ${reportsLink.trouble}`;
  if (!guard.open) return 'no agent is heard';
  return whyHeld(gate);
}

/** Whether silence of hosts with new rules may be ours: others are silent too. Looks at all hosts. */
export function silenceElsewhere(
  needs: SightNeeds,
  groupId: string,
  when: { readonly sentAt: number; readonly now: number; readonly silentAfter: number },
): string | undefined {
  const outside = function* (): Generator<number> {
    for (const row of needs.world.rows('host').values())
      if (row['active'] !== 'retired' && !isAhead(needs, groupId, row)) yield reportedAt(row);
  };
  return othersSilent(outside(), when);
}

/** Hosts that were given something new themselves prove nothing. */
function isAhead({ world, outputs }: SightNeeds, groupId: string, row: Document): boolean {
  const group = world.groupByName(textOf(row['group']));
  if (group === undefined) return false;
  if (outputs.rollouts.ahead(group.id, textOf(row['hostkey'])) !== undefined) return true;
  const state = outputs.rollouts.get(group.id)?.state;
  return state === 'promoting' || (group.id === groupId && state === 'rolling_back');
}
